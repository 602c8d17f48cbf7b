import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { isObject } from '../schemas/json.ts'
import { LineError, lines } from '../schemas/lines.ts'
import { AmbiguousJson, exactJson } from './exact-json.ts'
import type { Row, TableOptions } from './fields.ts'
import { faultOf, fileFault } from './file-faults.ts'
import { foreignKind, headBytes } from './file-kinds.ts'
import type { Files, TaskFile } from './files.ts'
import { jsonItems } from './json-items.ts'
import type { TaskSource } from './source.ts'
import { type Numbered, tableSource } from './table-source.ts'

/**
 * Tasks in JSON: an object on each line, a list of objects, or objects one after the other, plain or gzipped; on this
 * disk, on the Hub (`hf://`), in a bucket (`s3://`) or on a web server (`https://`). A broken row is named by its
 * number.
 */
export const jsonl = (files: Files, options: TableOptions): TaskSource =>
  tableSource({ name: 'jsonl', endings: /\.(jsonl|ndjson)(\.gz)?$/i, rows: jsonlRows }, files, options)

/** The rows of a file in JSON, or what is wrong with them. A row's number is its line's, or its place in the list. */
export async function* jsonlRows(file: Pick<TaskFile, 'path' | 'shown'>): AsyncIterable<Numbered> {
  let number = 0
  let unit = 'line'
  try {
    const { head, bytes } = await begun(await bytesOf(file.path))
    const foreign = foreignKind(head, 'JSON')
    if (foreign) return yield { place: file.shown, problem: foreign }
    const form = formOf(head)
    if (form !== 'lines') unit = 'row'
    for await (const text of form === 'lines' ? lines(bytes) : jsonItems(bytes, form === 'list')) {
      number += 1
      const row = parse(text) ?? (form === 'list' ? 'is empty; correct the commas of the list' : null)
      if (typeof row === 'string') yield { place: `${file.shown}:${number}`, problem: row }
      else if (row) yield { number, row }
    }
  } catch (error) {
    const problem = error instanceof LineError ? error.message : streamFault(error)
    yield { place: number === 0 ? file.shown : `${file.shown}: after ${unit} ${number}`, problem }
  }
}

/** By the first bytes: a list, objects that are broken into lines, or an object on each line. */
function formOf(head: Buffer): 'list' | 'objects' | 'lines' {
  const text = head
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
  if (text.startsWith('[')) return 'list'
  return /^\{[^\S\n]*\n/.test(text) ? 'objects' : 'lines'
}

interface Begun {
  head: Buffer
  bytes: AsyncIterable<Buffer>
}

/** The first bytes of what is read, and all of it. */
async function begun(stream: AsyncIterable<Buffer>): Promise<Begun> {
  const reading = stream[Symbol.asyncIterator]()
  const first: Buffer[] = []
  let length = 0
  while (length < headBytes) {
    const { value, done } = await reading.next()
    if (done) break
    first.push(value)
    length += value.length
  }
  async function* bytes() {
    yield* first
    yield* { [Symbol.asyncIterator]: () => reading }
  }
  return { head: Buffer.concat(first), bytes: bytes() }
}

/** What is gzip by its first bytes is unpacked, whatever its name. */
async function bytesOf(path: string): Promise<AsyncIterable<Buffer>> {
  const { head, bytes } = await begun(createReadStream(path))
  if (head[0] !== 0x1f || head[1] !== 0x8b) return bytes
  // The callback form hands every fault of the file to the reader of the unpacked bytes.
  return pipeline(bytes, createGunzip(), () => {})
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
