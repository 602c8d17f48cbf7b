import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Schema } from 'apache-arrow'
import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import type { ExportRow } from '../../../output/export.ts'
import type { ParquetForm } from '../../../output/shards/parquet-file.ts'
import { openShards, shardLimits } from '../../../output/shards/shards.ts'
import { hfColumns, hfRow } from '../../../output/targets/hf.ts'
import type { Image } from '../../../schemas/image.ts'
import { image } from '../../fixtures.ts'
import { random } from '../growth/random.ts'
import { pictureBytes, rowOf } from '../growth/rows.ts'

/** Rows with about 7 KB of text and so many pictures of 24 KB. */
export interface Content {
  rows: number
  pictures: number
}

/** The canonical view of such rows, as one shard; gives its path. Pages are as usual unless it says otherwise. */
export async function writeView(
  folder: string,
  { rows, pictures }: Content,
  pages: Pick<ParquetForm, 'pages'> = {},
): Promise<string> {
  const limits = { ...shardLimits, ...pages }
  await using shards = await openShards({
    folder,
    split: 'train',
    schema: new Schema(hfColumns(null)),
    limits,
  })
  const context = { tools: [], offered: [], kinds: new Map(), imageSearch: async () => undefined, bytes }
  for (const number of Array(rows).keys()) {
    const row = withPictures(rowOf(number, { pictured: false, change: 'none', part: 0 }), pictures)
    await shards.write(await hfRow(row, context), row.measured.trajectory.key)
  }
  const [shard] = await shards.finish()
  return join(folder, shard?.file ?? '')
}

const bytes = async (image: Image) => (await pictureBytes(image)).subarray(0, 24_000)

function withPictures({ measured, ...row }: ExportRow, count: number): ExportRow {
  const { trajectory, facts } = measured
  const { task, question } = trajectory
  const images = Array.from({ length: count }, (_, n) => image(`${task.id} picture ${n}`))
  const parts = images.map(image => ({ type: 'image' as const, image }))
  const pictured = { ...trajectory, task: { ...task, images }, question: [...parts, ...question] }
  return { ...row, measured: { trajectory: pictured, facts } }
}

/** As files were written before: what the writer does unless it is told otherwise. */
export const largePages = { pages: { texts: 1024 * 1024, pictures: 1024 * 1024, level: 3 } }

/** What was fetched of a file by ranges. */
export interface Fetched {
  bytes: number
  requests: number
}

/** A file that is read by ranges, as a page in a browser reads it from a server. */
async function ranged(path: string) {
  const fetched: Fetched = { bytes: 0, requests: 0 }
  const handle = await open(path)
  const file: AsyncBuffer = {
    byteLength: (await handle.stat()).size,
    async slice(start, end = file.byteLength) {
      fetched.bytes += end - start
      fetched.requests++
      const { buffer } = await handle.read(new Uint8Array(end - start), 0, end - start, start)
      return buffer.buffer
    },
  }
  return { file, fetched, [Symbol.asyncDispose]: () => handle.close() }
}

/** What each of `count` rows took, opened whole, in places that look random; the footer was read before. */
export async function openRows(path: string, count: number) {
  await using source = await ranged(path)
  const metadata = await parquetMetadataAsync(source.file)
  // Without names, chunks between those that are read whole are read, too.
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name)
  const { below } = random('opened rows')
  const opened: Fetched[] = []
  for (const _ of Array(count)) {
    const rowStart = below(Number(metadata.num_rows))
    const before = { ...source.fetched }
    const [row] = await parquetReadObjects({
      ...{ file: source.file, metadata, compressors, utf8: false, useOffsetIndex: true },
      ...{ rowStart, rowEnd: rowStart + 1, columns },
    })
    opened.push({
      bytes: source.fetched.bytes - before.bytes,
      requests: source.fetched.requests - before.requests,
    })
    if (row?.id !== `test/${rowStart}`) throw new Error(`row ${rowStart} is another one: ${row?.id}`)
  }
  return { opened, fileBytes: (await stat(path)).size, footer: Number(metadata.metadata_length) }
}
