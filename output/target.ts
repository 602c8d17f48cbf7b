import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { blaming } from '../schemas/blame.ts'
import { fileDigest } from '../schemas/file-hash.ts'
import { InputError } from '../schemas/input-error.ts'
import type { Screening } from '../schemas/screening.ts'
import type { Source } from '../schemas/task.ts'
import {
  type AnyExport,
  type ExportRow,
  type FilesBeside,
  isTaskExport,
  type Mix,
  type Projected,
  splitOf,
  type TaskContext,
} from './export.ts'
import type { LengthCounter } from './length/counter.ts'
import type { Totals } from './length/totals.ts'
import { openShards, type Section, type Shard, type Shards } from './shards/shards.ts'
import { type TargetCounter, type TargetCounts, targetCounter } from './target-counts.ts'

export interface WrittenFile {
  /** Below the export's folder. */
  path: string
  bytes: number
  sha256: string
  /** A shard's number of rows, and the key of its first and last one, or the task's id if rows are tasks. */
  rows?: number
  first?: string
  last?: string
}

/** A target that was written. */
export interface Written {
  name: string
  target: AnyExport
  counts: TargetCounts
  /** Of its rows in memory, as `datasets` counts them. */
  arrowBytes: number
  files: WrittenFile[]
  /** Text rows that were mixed in; they are in `counts`, too. */
  mixed?: { source: Source; rows: number }
}

/** A row of a target, by the number of its file and its number in it, both from 0. */
export interface RowPlace {
  target: AnyExport
  shard: number
  row: number
}

/** What a target is offered: a decided trajectory, or a screened task. */
export type Item = ExportRow | Screening

/** One target while it is written. */
export interface Target extends AsyncDisposable {
  /**
   * Takes what it selects. What is of another part than the item before begins another shard. Gives the place of a row
   * that it took.
   */
  add(item: Item, part: number, context: TaskContext): Promise<RowPlace | undefined>
  finish(): Promise<Written>
}

/** Write the rows that `target` selects below `folder`, streaming; `lengths` counts their tokens. */
export async function openTarget(folder: string, target: AnyExport, lengths: LengthCounter): Promise<Target> {
  const shardFolder = join(target.name, target.shards)
  await using stack = new AsyncDisposableStack()
  const shards = stack.use(
    await openShards({ folder: join(folder, shardFolder), split: splitOf(target), schema: target.schema }),
  )
  // It is given what became a row: of this target's kind.
  const beside: FilesBeside<Item> | undefined = await target.beside?.(join(folder, target.name))
  if (beside) stack.use(beside)
  const counter = targetCounter(target, lengths)
  const inPart = new Map<number, number>()
  const open = stack.move()
  return {
    async add(item, part, context) {
      const projected = await projection(target, item, context)
      if (!projected) return undefined
      if (!counter.accepts(projected)) return undefined
      inPart.set(part, (inPart.get(part) ?? 0) + 1)
      const place = await shards.write(projected.row, keyOf(item), { part, kind: kindOf(item) })
      await beside?.add(item, context)
      return { target, ...place }
    },
    async finish() {
      const mixed =
        isTaskExport(target) || !target.mix
          ? {}
          : { mixed: await mixIn(target.mix, shards, counter, mixEnds(target.mix.rows.share, inPart)) }
      const written = await shards.finish()
      const files = await Promise.all(written.map(shard => describeShard(folder, shardFolder, shard)))
      const grown = (await beside?.finish()) ?? []
      const fixed = await writeFiles(folder, target, counter.totals())
      const others = [...fixed, ...(await describeAll(folder, target, grown))]
      const [counts, arrowBytes] = [counter.counts(), counter.arrowBytes()]
      return { name: target.name, target, counts, arrowBytes, files: [...files, ...others], ...mixed }
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

/** Undefined where the target does not select it. */
async function projection(
  target: AnyExport,
  item: Item,
  context: TaskContext,
): Promise<Projected | undefined> {
  const task = ('measured' in item ? item.measured.trajectory.task : item.task).id
  const culprit = { kind: 'export', name: target.name, method: target.row, task } as const
  if (!isTaskExport(target))
    return 'measured' in item && item.verdict.keep === (target.select === 'kept')
      ? blaming(culprit, () => target.row(item, context))
      : undefined
  const route = target.select === 'rl' ? 'rl' : 'drop'
  return 'route' in item && item.route === route
    ? blaming(culprit, () => target.row(item, context))
    : undefined
}

/** Trajectories come in the order of their keys, tasks in their own. */
const keyOf = (item: Item): string => ('measured' in item ? item.measured.trajectory.key : item.task.id)

const kindOf = (item: Item): Section['kind'] => {
  if (!('measured' in item)) return 'task'
  return item.measured.trajectory.task.images.length > 0 ? 'pictured' : 'plain'
}

/**
 * Add text rows until they are their share of all. They come last, because LLaMA-Factory infers from the first thousand
 * rows of a file that no row has images, where those have none.
 */
async function mixIn({ rows, row }: Mix, shards: Shards, counter: TargetCounter, ends: readonly MixEnd[]) {
  let mixed = 0
  for await (const text of rows.read()) {
    const end = ends.find(({ upTo }) => mixed < upTo)
    if (!end) break
    if ('problem' in text) throw new InputError([`${text.place}: ${text.problem}`])
    const projected = row(text)
    if (!counter.accepts(projected)) continue
    await shards.write(projected.row, text.id, { part: end.part, kind: 'mixed' })
    mixed++
  }
  return { source: rows.source, rows: mixed }
}

/** Up to which text row they belong to a part. */
interface MixEnd {
  part: number
  upTo: number
}

/** Each part has its share of text rows, so that those of older parts stay where they are. */
function mixEnds(share: number | undefined, inPart: ReadonlyMap<number, number>): MixEnd[] {
  if (share === undefined) return [{ part: 0, upTo: Number.POSITIVE_INFINITY }]
  let rows = 0
  return [...inPart]
    .sort(([a], [b]) => a - b)
    .map(([part, more]) => {
      rows += more
      return { part, upTo: Math.round((rows * share) / (1 - share)) }
    })
}

const describeShard = async (
  folder: string,
  below: string,
  { file, ...rest }: Shard,
): Promise<WrittenFile> => ({
  ...(await describeFile(folder, join(below, file))),
  ...rest,
})

async function writeFiles(folder: string, target: AnyExport, totals: Totals): Promise<WrittenFile[]> {
  const files = Object.entries(target.files?.(totals) ?? {})
  return Promise.all(files.map(([path, content]) => writeText(folder, join(target.name, path), content)))
}

async function describeAll(folder: string, { name }: AnyExport, paths: string[]): Promise<WrittenFile[]> {
  const described: WrittenFile[] = []
  for (const path of paths) described.push(await describeFile(folder, join(name, path)))
  return described
}

/** Write a text file below `folder` and tell what it is. */
export async function writeText(folder: string, path: string, content: string): Promise<WrittenFile> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), content, { flush: true })
  return describeFile(folder, path)
}

/** What a file below `folder` is. */
export const describeFile = async (folder: string, path: string): Promise<WrittenFile> => ({
  path,
  ...(await fileDigest(join(folder, path))),
})
