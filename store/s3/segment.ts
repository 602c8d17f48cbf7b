import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { isObject } from '../../schemas/json.ts'
import { DamagedError } from '../errors.ts'
import { type Table, tables } from '../store.ts'

/**
 * One thing that was done to the store. `json` is the value that was put; without it the key was forgotten. A small
 * blob lies here, too: an object of its own would be a request of its own.
 */
export type LogEntry =
  | { kind: 'row'; table: Table; key: string; json?: string }
  | { kind: 'blob'; sha256: string; bytes: Uint8Array }

/** All that was written at once: it is there as a whole or not at all. */
export interface Segment {
  /** By which who wrote it knows it again. */
  id: string
  entries: readonly LogEntry[]
}

const layout = 1
/** Bytes that a segment may have when it is unpacked: ours have at most a few MiB beside their largest value. */
const mostUnpacked = 2 ** 30

const [pack, unpack] = [promisify(gzip), promisify(gunzip)]

/** Lines of JSON, packed by gzip: the head, then an entry a line. */
export async function packSegment({ id, entries }: Segment): Promise<Uint8Array> {
  const lines = [JSON.stringify({ kindling: 'log', layout, id }), ...entries.map(lineOf)]
  return pack(lines.join('\n'), { level: 1 })
}

/** Throws DamagedError, which names where it lies. */
export async function unpackSegment(bytes: Uint8Array, shown: string): Promise<Segment> {
  try {
    const [head = '', ...lines] = String(await unpack(bytes, { maxOutputLength: mostUnpacked })).split('\n')
    return { id: idOf(JSON.parse(head)), entries: lines.map(readLine) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new DamagedError(`${shown} is damaged (${reason}); ${remedy}`, { cause: error })
  }
}

const remedy = 'put it back from a copy of the bucket, or give the run another name to begin anew'

function idOf(head: unknown): string {
  if (!isObject(head) || head.kindling !== 'log' || typeof head.id !== 'string')
    throw new SyntaxError('it is no part of a store')
  if (head.layout !== layout) throw new SyntaxError('a newer kindling wrote it; update kindling')
  return head.id
}

export const lineOf = (entry: LogEntry): string =>
  entry.kind === 'blob'
    ? JSON.stringify(['blobs', entry.sha256, Buffer.from(entry.bytes).toString('base64')])
    : `[${[JSON.stringify(entry.table), JSON.stringify(entry.key), entry.json].filter(part => part !== undefined).join()}]`

export function readLine(line: string): LogEntry {
  const read: unknown = JSON.parse(line)
  if (!Array.isArray(read)) throw new SyntaxError('a line is no entry')
  const [table, key, value]: unknown[] = read
  if (typeof key !== 'string') throw new SyntaxError('a line has no key')
  if (table === 'blobs') return { kind: 'blob', sha256: key, bytes: Buffer.from(String(value), 'base64') }
  const known = tables.find(each => each === table)
  if (known === undefined) throw new SyntaxError('a newer kindling wrote it; update kindling')
  return { kind: 'row', table: known, key, ...(read.length > 2 && { json: JSON.stringify(value) }) }
}
