import { parentPort, workerData } from 'node:worker_threads'
import type { TaskFile } from '../files.ts'
import type { ReadColumns } from './chunks.ts'
import { parquetPieces } from './pieces.ts'

// Decodes a Parquet file in a thread of its own, which ends with what damaged bytes make of the decoder. Each message
// asks for the next piece; null says that there is none.

const { file, columns }: { file: Pick<TaskFile, 'path' | 'shown'>; columns: ReadColumns } = workerData
const pieces = parquetPieces(file, columns)

parentPort?.on('message', () => parentPort?.postMessage(pieces.next().value ?? null))
