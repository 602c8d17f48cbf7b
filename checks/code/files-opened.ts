import { basename } from 'node:path'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { excerpt } from '../../words/excerpt.ts'
import { type CheckContext, fail, type Measurement } from '../check.ts'
import { analysed, read } from './analysis.ts'
import { cellsOf, placeOf } from './cells.ts'

const analyser = read('files_opened.py')

/** `*` stands for a path that the code does not say. */
interface Opened {
  reads: string[]
  writes: string[]
  /** Whether it names an image. */
  image: boolean
}

/** A cell that opened a file which is no image of the question and was made without them. */
export async function openedOther(
  trajectory: Trajectory,
  context: CheckContext,
): Promise<Measurement | null> {
  const cells = cellsOf(trajectory).filter(({ cell }) => cell.status === 'ok')
  if (!cells.some(({ cell }) => /open|read|load|connect/.test(cell.code))) return null
  const found = await analysed<Opened[]>(
    analyser,
    cells.map(({ cell }) => cell.code),
    context,
  )
  if (!found.ok) return found.measured
  /** Names of files, and whether an image went before them. */
  const made = new Map<string, boolean>()
  let looked = false
  for (const [index, { reads, writes, image }] of found.value.entries()) {
    looked ||= image
    for (const path of writes.map(each => basename(each))) made.set(path, looked || made.get(path) === true)
    const strange = reads.find(path => !isOwn(basename(path), made))
    const place = cells[index]
    if (strange !== undefined && place)
      return fail(
        'other_file',
        `${placeOf(place)} opens ${excerpt(strange)}, which is not made from the images`,
      )
  }
  return null
}

const isOwn = (name: string, made: ReadonlyMap<string, boolean>): boolean =>
  /^image_\d+\.\w+$/.test(name) || (made.get(name) ?? made.get('*') ?? false)
