import { appendFile, writeFile } from 'node:fs/promises'
import type { Json } from '../../schemas/json.ts'
import type { ParquetRow, ParquetValue } from '../columns.ts'
import type { RowFile } from './row-file.ts'

/** JSON Lines (jsonlines.org) that are written row by row: one is in memory at a time. */
export async function openLinesFile(path: string): Promise<RowFile> {
  let bytes = 0
  await writeFile(path, '')
  return {
    bytesWith: more => bytes + more,
    async add(row) {
      const line = lineOf(row)
      await appendFile(path, line)
      bytes += line.length
    },
    endKind() {},
    finish() {},
  }
}

const lineOf = (row: ParquetRow): Buffer => Buffer.from(`${JSON.stringify(plain(row))}\n`)

/** Bytes as base64. An integer that a double would round is text, and no text is anything but Unicode. */
function plain(value: ParquetValue): Json {
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name.toWellFormed(), plain(each)]))
}
