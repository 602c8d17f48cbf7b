import { basename } from 'node:path'
import { fromConfig } from '../schemas/config-folder.ts'
import { unknownLicence } from '../schemas/licence.ts'
import { closed, readOptions } from '../schemas/options.ts'
import type { Origin } from '../schemas/task.ts'
import { choicesOf } from '../tasks/choices.ts'
import { scalarText, ValueError } from '../tasks/field-values.ts'
import { type Field, fieldValue, type Row } from '../tasks/fields.ts'
import { Files, openFiles, patternsOf, type TaskFile } from '../tasks/files.ts'
import { type ImageFolder, imageBytes } from '../tasks/image-values.ts'
import { jsonlRows } from '../tasks/jsonl.ts'
import { parquetRows } from '../tasks/parquet.ts'
import type { Reach } from '../tasks/remote/reach.ts'
import type { Problem } from '../tasks/source.ts'
import type { Numbered } from '../tasks/table-source.ts'
import { conversations } from './bare-conversation.ts'
import { exportedRow } from './hf.ts'
import { noteFile } from './note-file.ts'
import { RolloutOptions } from './options.ts'
import type { ProfileName } from './profiles.ts'
import { type PlainRow, plainRow } from './row.ts'
import { type PicturesOfRow, pictureOf, picturesOfRow } from './row-pictures.ts'
import type { DraftConversation, RecordedRollout, RolloutDraft, RolloutSource } from './source.ts'
import type { Told } from './telling.ts'
import { unpacked } from './unpacked-rows.ts'

/** How one format says a conversation in a row. */
export interface RowFormat {
  name: string
  profile: ProfileName
  /** The column of its pictures. */
  images: string
  /** What a row says, each conversation of it, or why it is none: what is wrong, and what to do. */
  read(row: PlainRow, pictures: PicturesOfRow): Told | Told[] | string
  /** The columns of `hf` in it, and the paths of its pictures, where it is one that kindling wrote. */
  recorded?(row: PlainRow): { columns: PlainRow; pictures: string[] } | undefined
}

/** Files of rows, as Parquet, JSON Lines, or a list in JSON, which is streamed; not those that tell of other files. */
export const rowFiles = {
  name: 'jsonl',
  endings: /(\.parquet|(\.jsonl|\.ndjson|(?<!dataset_infos?|manifest|state)\.json)(\.gz)?)$/i,
}

/** The rows of a file, whichever of these it is. A file of messages is one row. */
export const rowsOfFile = (file: Pick<TaskFile, 'path' | 'shown'>): AsyncIterable<Numbered> =>
  /\.parquet$/i.test(file.path)
    ? unpacked(parquetRows(file, null))
    : conversations(unpacked(unquoted(jsonlRows(file))), file)

/** What says why a line is no JSON quotes it, and rows of others may hold secrets. */
async function* unquoted(rows: AsyncIterable<Numbered>): AsyncIterable<Numbered> {
  for await (const each of rows)
    yield 'problem' in each
      ? {
          ...each,
          problem: each.problem
            .replace(/^(is not JSON) \(.*\)(?=; )/s, '$1')
            .replaceAll(/"(?:[^"\\]|\\.)*"/g, '"…"'),
        }
      : each
}

/** A source of rollouts over files of rows in one format. Throws OptionsError for wrong options. */
export function rowRollouts(format: RowFormat, files: Files, given: RolloutOptions = {}): RolloutSource {
  const { name } = format
  readOptions(name, closed({ files: Files }), { files })
  const options = readOptions(name, RolloutOptions, given)
  return {
    name,
    options: JSON.parse(JSON.stringify({ files: patternsOf(files), ...options })),
    read: reach => readRows(format, files, options, reach),
  }
}

async function* readRows(
  format: RowFormat,
  files: Files,
  options: RolloutOptions,
  reach?: Reach,
): AsyncGenerator<RolloutDraft | Problem> {
  for await (const file of openFiles(files, { reach, kind: rowFiles })) {
    if ('problem' in file) {
      yield file
      continue
    }
    for await (const entry of rowsOfFile(file))
      if ('problem' in entry) yield entry
      else yield* draftsOf(format, options, { file, ...entry })
    await noteFile(file, reach)
  }
}

/** A row, and where it stands. */
export interface Placed {
  file: TaskFile
  number: number
  row: Row
}

function draftsOf(format: RowFormat, options: RolloutOptions, placed: Placed): (RolloutDraft | Problem)[] {
  const { file, number, row } = placed
  const place = `${file.shown}:${number}`
  const folder: ImageFolder = options.images === undefined ? file.folder : fromConfig(options.images)
  const own = format.recorded?.(plainRow(row))
  if (own) return [recordedDraft(own, { place, folder, origin: { file: file.origin, row: number } })]
  const pictures = picturesOfRow(row[format.images], place, folder)
  const told = format.read(plainRow(row), pictures)
  if (typeof told === 'string') return [{ place, problem: told }]
  const all = [told].flat()
  if (pictures.left() > 0) for (const each of all) each.lacks.push('placeholders')
  return all.map((each, index) =>
    conversationAt(each, format, options, {
      ...placed,
      place: all.length > 1 ? `${place}.${index + 1}` : place,
    }),
  )
}

/** The only conversation of a row. */
export const rowDraft = (
  format: RowFormat,
  options: RolloutOptions,
  placed: Placed,
): RolloutDraft | Problem =>
  draftsOf(format, options, placed)[0] ?? {
    place: placed.file.shown,
    problem: 'says nothing; leave the row out',
  }

function conversationAt(
  told: Told,
  format: RowFormat,
  options: RolloutOptions,
  { file, number, row, place }: Placed & { place: string },
): DraftConversation | Problem {
  try {
    return {
      ...conversationOf(told, format, options, row),
      place,
      origin: { file: file.origin, row: number },
      id: textAt(row, options.id) || told.id || `${file.stem}/${number}`,
    }
  } catch (error) {
    if (error instanceof ValueError) return { place, problem: error.message }
    throw error
  }
}

/** A picture of kindling's own is known by its name; one that is not there any more is known by that alone. */
function recordedDraft(
  { columns, pictures }: { columns: PlainRow; pictures: string[] },
  { place, folder, origin }: { place: string; folder: ImageFolder; origin: Origin },
): RecordedRollout {
  const bytesOf = async (path: string) => {
    const part = pictureOf(path, place, folder)
    const bytes = part.type === 'image' ? await imageBytes(part.image).catch(() => null) : null
    return { bytes, path: basename(path) }
  }
  return {
    kind: 'recorded',
    place,
    origin,
    async open(store) {
      const images = await Promise.all(pictures.map(bytesOf))
      const read = await exportedRow({ ...columns, images }, place, store)
      return 'problem' in read ? read : { trajectory: read.trajectory, whole: read.from === 'record' }
    },
  }
}

/** What a row says with what the options say of it. */
function conversationOf(
  told: Told,
  { name, profile }: Pick<RowFormat, 'name' | 'profile'>,
  options: RolloutOptions,
  row: Row,
): Omit<DraftConversation, 'place' | 'origin' | 'id'> {
  const choices = options.choices === undefined ? null : choicesOf(fieldValue(row, options.choices) ?? null)
  const { licence = unknownLicence, source = name, url } = options
  const trusted = options.trustAnswer ? (told.answer ?? '') : ''
  return {
    kind: 'conversation',
    sample: 0,
    ...told,
    key: textAt(row, options.answer) || trusted,
    choices,
    answerType: options.answerType ?? (choices ? 'choice' : 'text'),
    category: textAt(row, options.category) || 'default',
    source: { name: source, licence, ...(url !== undefined && { url }) },
    model: textAt(row, options.model) || told.model || 'unknown',
    profile: options.profile ?? profile,
  }
}

const textAt = (row: Row, field: Field | undefined): string =>
  field === undefined ? '' : scalarText(fieldValue(row, field) ?? null).trim()
