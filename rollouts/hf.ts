import { Image } from '../schemas/image.ts'
import { isObject, type JsonObject } from '../schemas/json.ts'
import { soundTrajectory } from '../schemas/sound-trajectory.ts'
import type { Fact, Trajectory } from '../schemas/trajectory.ts'
import { lazyValidator } from '../schemas/validate.ts'
import { ImageError } from '../store/errors.ts'
import { keepImage } from '../store/images.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../tasks/fields.ts'
import { type Files, openFiles } from '../tasks/files.ts'
import { jsonlRows } from '../tasks/jsonl.ts'
import { parquetRows } from '../tasks/parquet.ts'
import type { Problem } from '../tasks/source.ts'
import { escapesRead, recorded } from './record.ts'
import { columnsRead, fieldsIn, jsonIn, namedToday, type PlainRow, plainRow } from './row.ts'

/** A row of `hf/` or `rejected/`. */
export interface ExportedRow {
  /** Without what `raw` of its replies held, but for kindling's own notes. */
  trajectory: Trajectory
  /** As they were written: a text that looks like a placeholder was changed. */
  facts: Fact[]
  /** Why it was dropped, as a person reads it; null where it was kept. */
  drop: { stage: string; reason: string; detail: string } | null
  /**
   * What the trajectory was read from. `columns` alone do not tell what code did and what services gave (`data` is
   * null), nor how the answer is compared; `changed` is the same where there is a record, but not of this row.
   */
  from: 'record' | 'columns' | 'changed'
  /** All of its columns. */
  row: PlainRow
}

const kind = { name: 'parquet', endings: /\.(parquet|(jsonl|ndjson)(\.gz)?)$/i }

/**
 * The rows of an export in the columns of `hf`, as Parquet or JSON Lines, or what is wrong with one. Files are named as
 * for tasks; the folder `hf/` or `rejected/` of an export is one. The bytes of their images are put into the store.
 */
export async function* exportedRows(files: Files, store: Store): AsyncGenerator<ExportedRow | Problem> {
  for await (const file of openFiles(files, { kind })) {
    if ('problem' in file) {
      yield file
      continue
    }
    const rows = /\.parquet$/i.test(file.path) ? parquetRows(file, null) : jsonlRows(file)
    for await (const each of rows) yield 'problem' in each ? each : await entryOf(each, file.shown, store)
  }
}

async function entryOf({ number, row }: { number: number; row: Row }, shown: string, store: Store) {
  return exportedRow(row, `${shown}:${number}`, store)
}

/** One row, or what is wrong with it. */
export async function exportedRow(row: Row, place: string, store: Store): Promise<ExportedRow | Problem> {
  return isExported(row) ? await readRow(row, place, store) : { place, problem: noneHere }
}

/** Whether a row has the columns of `hf`. */
export const isExported = (row: Row): boolean => Array.isArray(namedToday(row).trajectory)

/** Why a row is none. */
export const noneHere = 'has no trajectory; give the files of hf/ or rejected/'

async function readRow(row: Row, place: string, store: Store): Promise<ExportedRow | Problem> {
  return rowOf(row, store).catch(error => {
    if (error instanceof ImageError) return { place, problem: `images: ${error.message}` }
    throw error
  })
}

async function rowOf(given: Row, store: Store): Promise<ExportedRow> {
  const row = plainRow(given)
  const { record: written } = row
  const record = fieldsIn(jsonIn(typeof written === 'string' ? escapesRead(written) : written))
  const images = await imagesOf(given.images, record, store)
  const read = columnsRead(row, images)
  const whole = recorded(record, read, images)
  return {
    trajectory: soundTrajectory((whole ?? read) as unknown as Trajectory),
    facts: (jsonIn(row.facts) ?? []) as unknown as Fact[],
    drop: dropOf(row),
    from: whole ? 'record' : Object.keys(record).length > 0 ? 'changed' : 'columns',
    row,
  }
}

function dropOf({ stage, reason, detail }: PlainRow): ExportedRow['drop'] {
  return typeof stage === 'string' ? { stage, reason: String(reason), detail: String(detail) } : null
}

/**
 * What the record says of a picture spares reading it: it is the one whose hash is its name. Where its bytes were taken
 * out of the file, it is known by that alone.
 */
function imagesOf(column: unknown, record: JsonObject, store: Store): Promise<Image[]> {
  const about = Array.isArray(record.images) ? record.images.map(fieldsIn) : []
  const pictures = Array.isArray(column) ? column.filter(isObject) : []
  return Array.fromAsync(pictures, async ({ bytes, path }, index) => {
    const known = imageNamed(String(path), about[index])
    if (known && bytes === null) return known
    const data = bytes instanceof Uint8Array ? bytes : Buffer.from(String(bytes ?? ''), 'base64')
    return known && (await store.putBlob(data)) === known.sha256 ? known : keepImage(store, data)
  })
}

const image = lazyValidator(Image)

function imageNamed(path: string, about: JsonObject | undefined): Image | undefined {
  const [, sha256, ending] = /^([0-9a-f]{64})\.(\w+)$/.exec(path) ?? []
  const named = image({ ...about, sha256, mime: `image/${ending === 'jpg' ? 'jpeg' : ending}` })
  return named.ok ? named.value : undefined
}
