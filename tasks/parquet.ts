import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { machineFault } from '../schemas/machine-fault.ts'
import type { TableOptions } from './fields.ts'
import { faultOf } from './file-faults.ts'
import { foreignFile } from './file-kinds.ts'
import type { Files, TaskFile } from './files.ts'
import type { ReadColumns } from './parquet/chunks.ts'
import { partsWith } from './parquet/parts.ts'
import type { TaskSource } from './source.ts'
import { type Numbered, tableSource } from './table-source.ts'

/**
 * Tasks in Parquet files, on this disk, on the Hub (`hf://`), in a bucket (`s3://`) or on a web server (`https://`).
 * Class labels written by Hugging Face's `datasets` are read as their names.
 */
export const parquet = (files: Files, options: TableOptions): TaskSource =>
  tableSource({ name: 'parquet', endings: /\.parquet$/i, rows: parquetRows, partsWith }, files, options)

/** How long a processor may work on one piece, in milliseconds: at the least, and for each megabyte of its file. */
const patience = { least: 10_000, perMegabyte: 1000 }

/**
 * The rows of a Parquet file with these columns (all where null), or what is wrong with them. They are decoded in a
 * thread of their own: what is damaged may make the decoder go round for ever or take all memory.
 */
export async function* parquetRows(
  file: Pick<TaskFile, 'path' | 'shown'>,
  columns: ReadColumns,
): AsyncIterable<Numbered> {
  const foreign = await foreignFile(file.path, 'Parquet')
  if (foreign) return yield { place: file.shown, problem: foreign }
  const script = new URL(`./parquet/worker${extname(import.meta.url)}`, import.meta.url)
  const worker = new Worker(script, {
    workerData: { file: { path: file.path, shown: file.shown }, columns },
    execArgv: [],
  })
  // Whoever waits is told of the first error; one that comes after that must not end the process.
  worker.on('error', () => {})
  try {
    const { size } = await stat(file.path)
    const most = patience.least + (size / 1e6) * patience.perMegabyte
    for (let piece = await nextOf(worker, most); piece; piece = await nextOf(worker, most)) yield* piece
  } catch (error) {
    if (machineFault(error)) throw error
    yield {
      place: file.shown,
      problem: `cannot be read (${faultOf(error)}); fetch the file again or write it anew`,
    }
  } finally {
    await worker.terminate()
  }
}

/** The next piece, null at the end. Rejects with what the thread died of, or where it worked longer than that. */
async function nextOf(worker: Worker, most: number): Promise<Numbered[] | null> {
  const before = await workedMs(worker)
  const tired = new AbortController()
  const watch = setInterval(async () => {
    if ((await workedMs(worker)) - before > most) tired.abort()
  }, 500)
  try {
    worker.postMessage('next')
    const [piece] = await once(worker, 'message', { signal: tired.signal })
    return piece
  } catch (error) {
    throw tired.signal.aborted ? new Error(`no end after ${Math.round(most / 1000)} s`) : error
  } finally {
    clearInterval(watch)
  }
}

/**
 * What a thread had of a processor so far: on a busy machine it waits for one. Before Node 24.6 nobody tells, and what
 * it was busy counts.
 */
async function workedMs(worker: Worker): Promise<number> {
  if (!('cpuUsage' in worker)) return (worker as Worker).performance.eventLoopUtilization().active
  const { user, system } = await worker.cpuUsage().catch(() => ({ user: 0, system: 0 }))
  return (user + system) / 1000
}
