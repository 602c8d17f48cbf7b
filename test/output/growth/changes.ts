import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hf } from '../../../output/targets/hf.ts'
import { rejected } from '../../../output/targets/rejected.ts'
import { writeExports } from '../../../output/write.ts'
import { partsFor } from '../../../pipeline/jobs/parts.ts'
import { kinds } from '../../fixtures.ts'
import { run } from '../rows.ts'
import { chunkStore } from './chunk-store.ts'
import { type Change, keyOf, pictureBytes, rowOf } from './rows.ts'

interface Shape {
  /** Rows before anything changes. */
  rows: number
  pictured: boolean
}

/** What a later export has otherwise. */
interface Later {
  /** Rows of each extension. */
  extensions?: readonly number[]
  /** What changed in one row of a hundred. */
  change?: Change
  about?: typeof run
}

/** Each what happened to a dataset since, one export after the other. */
export const changes: Record<string, (rows: number) => readonly Later[]> = {
  '1 % more rows': rows => [{ extensions: [rows / 100] }],
  'another fact in 1 % of rows': () => [{ change: 'fact' }],
  '1 % of rows decided otherwise': () => [{ change: 'dropped' }],
  'another name and version': () => [{ about: { ...run, name: 'renamed', version: '9.0.0' } }],
  '1 % more rows three times': rows =>
    [1, 2, 3].map(times => ({ extensions: Array<number>(times).fill(rows / 100) })),
}

/** For each of these changes, and each export of it, which share of its bytes a store did not have before. */
export async function* freshShares(folder: string, shape: Shape, names: readonly string[]) {
  const before = chunkStore()
  await keepIn(before, folder, shape)
  for (const name of names) {
    const store = chunkStore(before.known)
    const shares: number[] = []
    for (const later of changes[name]?.(shape.rows) ?? []) {
      const { bytes, fresh } = await keepIn(store, folder, shape, later)
      shares.push(fresh / bytes)
    }
    yield { name, shares }
  }
}

async function keepIn(
  store: ReturnType<typeof chunkStore>,
  folder: string,
  shape: Shape,
  { about = run, ...later }: Later = {},
) {
  const [path, exports] = [join(folder, 'export'), [hf(), rejected()]]
  await writeExports({
    ...{ folder: path, rows: rowsOf(shape, later), exports, about, kinds },
    bytes: pictureBytes,
  })
  const kept = await store.keep(path)
  await rm(folder, { recursive: true })
  return kept
}

/** In the order in which a run has them. */
async function* rowsOf({ rows, pictured }: Shape, { extensions = [], change = 'none' }: Later) {
  const sizes = [rows, ...extensions]
  const parts = partsFor(sizes)
  const all = sizes.flatMap((size, extension) => Array<number>(size).fill(parts[extension] ?? 0))
  const made = all.map((part, number) => ({ part, number, key: keyOf(number) }))
  for (const { part, number } of made.sort((a, b) => a.part - b.part || (a.key < b.key ? -1 : 1)))
    yield rowOf(number, { pictured, change: number % 100 === 7 ? change : 'none', part })
}
