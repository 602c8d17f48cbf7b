import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { isObject } from '../schemas/json.ts'
import { LineError, lines } from '../schemas/lines.ts'
import { AmbiguousJson, exactJson } from './exact-json.ts'
import type { Row, TableOptions } from './fields.ts'
import { faultOf, fileFault } from './file-faults.ts'
import type { Files, TaskFile } from './files.ts'
import type { TaskSource } from './source.ts'
import { type Numbered, tableSource } from './table-source.ts'

/**
 * Tasks in JSON Lines, one object a line, plain or gzipped (`.gz`), on this disk, on the Hub (`hf://`), in
 * a bucket (`s3://`) or on a web server (`https://`). A broken line is named by its number.
 */
export const jsonl = (files: Files, options: TableOptions): TaskSource =>
  tableSource({ name: 'jsonl', endings: /\.(jsonl|ndjson)(\.gz)?$/i, rows: jsonlRows }, files, options)

/** The rows of a file in JSON Lines, or what is wrong with them. */
export async function* jsonlRows(file: Pick<TaskFile, 'path' | 'shown'>): AsyncIterable<Numbered> {
  let number = 0
  try {
    for await (const line of lines(bytesOf(file.path))) {
      number += 1
      const row = parse(line)
      if (typeof row === 'string') yield { place: `${file.shown}:${number}`, problem: row }
      else if (row) yield { number, row }
    }
  } catch (error) {
    const problem = error instanceof LineError ? error.message : streamFault(error)
    yield { place: number === 0 ? file.shown : `${file.shown}: after line ${number}`, problem }
  }
}

function bytesOf(path: string): AsyncIterable<Buffer> {
  const plain = createReadStream(path)
  // The callback form hands every fault of the file to the reader of the unpacked bytes.
  return path.endsWith('.gz') ? pipeline(plain, createGunzip(), () => {}) : plain
}

const streamFault = (error: unknown): string =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
    ? `is not whole gzip (${faultOf(error)}); unpack it by hand or fetch it again`
    : `${fileFault(error)}; correct that or leave it out`

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A row, why it is not one, or null for a blank line. */
function parse(line: Buffer): Row | string | null {
  try {
    const text = utf8.decode(line)
    if (text.trim() === '') return null
    const value = exactJson(text)
    return isObject(value) ? value : 'is not a JSON object; put one object on each line'
  } catch (error) {
    if (error instanceof AmbiguousJson) return error.message
    return error instanceof SyntaxError
      ? `is not JSON (${faultOf(error).replace(/ \(line.*/, '')}); correct the line or remove it`
      : 'is not UTF-8; convert the file to UTF-8'
  }
}
