import { int32, text } from '../columns.ts'
import { picturesOf } from './shown-pictures.ts'
import type { TidyTable } from './table.ts'

/** A line for each picture of a row; `n` is its place among the row's `images`, from 0. */
export const imagesTable: TidyTable = {
  name: 'images',
  about:
    'each picture of a rollout: who showed it when, its hash and size in pixels, and its place in `images` of the row',
  fields: [
    text('key'),
    int32('n'),
    text('role'),
    ...['turn', 'call'].map(int32),
    ...['sha256', 'mime'].map(text),
    ...['width', 'height'].map(int32),
  ],
  lines: ({ measured: { trajectory } }) =>
    picturesOf(trajectory).map(({ image: { pixels: _, ...image }, ...shown }, n) => ({
      key: trajectory.key,
      n,
      ...shown,
      ...image,
    })),
}
