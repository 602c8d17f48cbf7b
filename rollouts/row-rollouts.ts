import { fromConfig } from '../schemas/config-folder.ts'
import { unknownLicence } from '../schemas/licence.ts'
import { closed, readOptions } from '../schemas/options.ts'
import { choicesOf } from '../tasks/choices.ts'
import { scalarText, ValueError } from '../tasks/field-values.ts'
import { type Field, fieldValue, type Row } from '../tasks/fields.ts'
import { Files, openFiles, patternsOf, type TaskFile } from '../tasks/files.ts'
import type { ImageFolder } from '../tasks/image-values.ts'
import { jsonlRows } from '../tasks/jsonl.ts'
import { parquetRows } from '../tasks/parquet.ts'
import type { Reach } from '../tasks/remote/reach.ts'
import type { Problem } from '../tasks/source.ts'
import { RolloutOptions } from './options.ts'
import type { ProfileName } from './profiles.ts'
import { type PlainRow, plainRow } from './row.ts'
import { type PicturesOfRow, picturesOfRow } from './row-pictures.ts'
import type { DraftConversation, RolloutDraft, RolloutSource } from './source.ts'
import type { Told } from './telling.ts'

/** How one format says a conversation in a row. */
export interface RowFormat {
  name: string
  profile: ProfileName
  /** The column of its pictures. */
  images: string
  /** What a row says, or why it is none: what is wrong, and what to do. */
  read(row: PlainRow, pictures: PicturesOfRow): Told | string
}

/** Files of rows, as Parquet, JSON Lines, or a list in JSON, which is streamed; not those that tell of other files. */
export const rowFiles = {
  name: 'jsonl',
  endings: /(\.parquet|(\.jsonl|\.ndjson|(?<!dataset_infos?|manifest|state)\.json)(\.gz)?)$/i,
}

/** The rows of a file, whichever of these it is. */
export const rowsOfFile = (file: Pick<TaskFile, 'path' | 'shown'>) =>
  /\.parquet$/i.test(file.path) ? parquetRows(file, null) : jsonlRows(file)

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
    if ('problem' in file) yield file
    else
      for await (const entry of rowsOfFile(file))
        yield 'problem' in entry ? entry : draftOf(format, options, { file, ...entry })
  }
}

interface Placed {
  file: TaskFile
  number: number
  row: Row
}

function draftOf(
  format: RowFormat,
  options: RolloutOptions,
  { file, number, row }: Placed,
): DraftConversation | Problem {
  const place = `${file.shown}:${number}`
  const folder: ImageFolder = options.images === undefined ? file.folder : fromConfig(options.images)
  const pictures = picturesOfRow(row[format.images], place, folder)
  const told = format.read(plainRow(row), pictures)
  if (typeof told === 'string') return { place, problem: told }
  if (pictures.left() > 0) told.lacks.push('placeholders')
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

/** What a row says with what the options say of it. */
export function conversationOf(
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
