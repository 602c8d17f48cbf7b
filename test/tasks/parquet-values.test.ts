import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isObject, isWrittenNumber } from '../../schemas/json.ts'
import { parquetRows } from '../../tasks/parquet.ts'
import { temporaryFolder } from '../fixtures.ts'
import { reading } from '../readers.ts'

// FUZZ_SEED draws other values than those that are tried every time.
const seed = process.env.FUZZ_SEED ?? 'kindling'

interface Written {
  file: string
  rows: unknown[]
}

const rowsOf = async (path: string, shown: string) => {
  const file = { path, shown, folder: '', stem: '', origin: shown }
  return (await Array.fromAsync(parquetRows(file, null))).map(entry => ('row' in entry ? entry.row : entry))
}

/** What a value is, in the words of `write_values.py`. */
function told(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'bigint' || isWrittenNumber(value))
    return { number: String(value) }
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') }
  if (value instanceof Error) return { unreadable: value.message }
  if (Array.isArray(value)) return value.map(told)
  return isObject(value) ? { object: toldRow(value) } : value
}

const toldRow = (row: object) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, told(value)]))

test(`values of every type are read as pyarrow, polars and duckdb wrote them (seed ${seed})`, async () => {
  await using folder = await temporaryFolder()
  const written = await reading<Written[]>('newest', 'write_values.py', folder.path, seed)
  expect(written.length).toBeGreaterThan(40)
  for (const { file, rows } of written) {
    const read = await rowsOf(join(folder.path, file), file)
    expect(read.map(toldRow), file).toEqual(rows)
  }
})
