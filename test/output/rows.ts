import type { Measured } from '../../filters/filter.ts'
import { type Export, type ExportRow, project } from '../../output/export.ts'
import type { Totals } from '../../output/length/totals.ts'
import { openPictureFiles } from '../../output/picture-files.ts'
import { sha256 } from '../../schemas/hash.ts'
import type { Image } from '../../schemas/image.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { droppedBy, image, png, trajectory } from '../fixtures.ts'

/** Real pictures by reference, with the bytes to go with them. */
export async function album(sizes: [number, number][]) {
  const bytes = new Map<string, Uint8Array>()
  const images: Image[] = []
  for (const [width, height] of sizes) {
    const data = await png(width, height)
    const hash = sha256(data)
    bytes.set(hash, data)
    images.push(image('', { sha256: hash, pixels: hash, width, height }))
  }
  return {
    images,
    bytes: async ({ sha256 }: Image): Promise<Uint8Array> => {
      const found = bytes.get(sha256)
      if (!found) throw new Error(`no bytes for ${sha256}`)
      return found
    },
  }
}

/** A trajectory about real pictures, with its own key. */
export function about(pictures: Image[], number: number, changes: Partial<Trajectory> = {}): Trajectory {
  const base = trajectory()
  return {
    ...base,
    key: sha256(`rollout ${number}`),
    task: { ...base.task, id: `test/${number}`, images: pictures },
    question: [
      ...pictures.map(image => ({ type: 'image' as const, image })),
      { type: 'text', text: base.task.question },
    ],
    ...changes,
  }
}

const measured = (trajectory: Trajectory): Measured => ({
  trajectory,
  facts: [{ check: 'answer', version: 1, passed: true, reason: '', detail: '' }],
})

export const kept = (trajectory: Trajectory): ExportRow => ({
  measured: measured(trajectory),
  verdict: { keep: true },
})

export const dropped = (trajectory: Trajectory, reason = 'wrong_answer'): ExportRow => ({
  measured: measured(trajectory),
  verdict: droppedBy('curate', reason, { detail: 'it says 9' }),
})

/** A target in JSON Lines, with the pictures of the questions as files. */
export const inLines: Export = {
  name: 'lines',
  options: {},
  select: 'kept',
  shards: 'train',
  lines: ['id', 'images'],
  about: 'Questions.',
  row: async ({ measured: { trajectory } }) =>
    project({ id: trajectory.task.id }, { images: trajectory.task.images.length, altered: false }),
  async beside(folder) {
    const files = await openPictureFiles(folder)
    return {
      ...files,
      add: ({ measured }, context) => files.add(measured.trajectory.task.images, context),
    }
  },
}

export async function* stream<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items
}

export const run = { name: 'test-run', config: { name: 'test-run' }, version: '0.0.0' }

/** Of a target whose rows are up to 4,096 tokens long. */
export const totals: Totals = {
  rows: 2,
  longest: 4096,
  p95: 4000,
  median: 2000,
  exact: false,
  counter: 'qwen2_5_vl, texts estimated',
  family: 'qwen2_5_vl',
  pixels: { least: 3136, most: 12_845_056 },
}
