import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Row } from './columns.ts'
import { type Export, type ExportContext, type ExportRow, splitOf } from './export.ts'
import { openShards, type Shard } from './shards.ts'

export interface TargetCounts {
  rows: number
  /** Rows in which a text that would have been read as structure was changed. */
  altered: number
  images: number
  /** Trajectories that this target cannot say, by reason. */
  declined: Record<string, number>
}

export interface WrittenFile {
  /** Below the export's folder. */
  path: string
  bytes: number
  sha256: string
  /** Of a shard: how many rows, and the first and last key, since rows are in key order. */
  rows?: number
  first?: string
  last?: string
}

/** A target that was written. */
export interface Written {
  name: string
  target: Export
  counts: TargetCounts
  files: WrittenFile[]
}

/** One target while it is written. */
export interface Target extends AsyncDisposable {
  add(item: ExportRow, context: ExportContext): Promise<void>
  finish(): Promise<Written>
}

/** Write the rows that `target` selects below `folder`, streaming. */
export async function openTarget(folder: string, target: Export): Promise<Target> {
  const shardFolder = join(target.name, target.shards)
  const shards = await openShards({
    folder: join(folder, shardFolder),
    split: splitOf(target),
    schema: target.schema,
  })
  const counts: TargetCounts = { rows: 0, altered: 0, images: 0, declined: {} }
  return {
    async add(item, context) {
      if (item.verdict.keep !== (target.select === 'kept')) return
      const projected = await target.row(item, context)
      if (!projected.keep) {
        counts.declined[projected.reason] = (counts.declined[projected.reason] ?? 0) + 1
        return
      }
      count(counts, projected.row)
      await shards.write(projected.row, item.measured.trajectory.key)
    },
    async finish() {
      const written = await shards.finish()
      const files = await Promise.all(written.map(shard => describeShard(folder, shardFolder, shard)))
      const beside = await writeFiles(folder, target)
      return { name: target.name, target, counts, files: [...files, ...beside] }
    },
    [Symbol.asyncDispose]: () => shards[Symbol.asyncDispose](),
  }
}

function count(counts: TargetCounts, row: Row): void {
  counts.rows++
  if (row.altered === true) counts.altered++
  if (Array.isArray(row.images)) counts.images += row.images.length
}

const describeShard = async (
  folder: string,
  below: string,
  { file, ...rest }: Shard,
): Promise<WrittenFile> => ({
  ...(await describeFile(folder, join(below, file))),
  ...rest,
})

async function writeFiles(folder: string, target: Export): Promise<WrittenFile[]> {
  const files = Object.entries(target.files?.() ?? {})
  return Promise.all(files.map(([path, content]) => writeText(folder, join(target.name, path), content)))
}

/** Write a text file below `folder` and tell what it is. */
export async function writeText(folder: string, path: string, content: string): Promise<WrittenFile> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), content, { flush: true })
  return describeFile(folder, path)
}

async function describeFile(folder: string, path: string): Promise<WrittenFile> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(join(folder, path))) hash.update(chunk)
  const { size } = await stat(join(folder, path))
  return { path, bytes: size, sha256: hash.digest('hex') }
}
