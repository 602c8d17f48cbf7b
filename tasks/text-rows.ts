import Type, { type Static } from 'typebox'
import { fileDigest } from '../schemas/file-hash.ts'
import { InputError } from '../schemas/input-error.ts'
import { closed, readOptions } from '../schemas/options.ts'
import { Source } from '../schemas/task.ts'
import type { InputFile, Noted } from '../store/input-file.ts'
import { scalarText, ValueError } from './field-values.ts'
import { Field, fieldValue, namedFields, type Row } from './fields.ts'
import { Files, openFiles, patternsOf, type TaskFile } from './files.ts'
import { jsonlRows } from './jsonl.ts'
import { parquetRows } from './parquet.ts'
import type { Problem, TextRow, TextRows } from './source.ts'

export const TextOptions = Type.Object(
  {
    /** Which column holds what. Without a mapping, the id is the file's name and the row. */
    fields: Type.Object(
      { id: Type.Optional(Field), question: Field, reasoning: Field, answer: Field },
      { additionalProperties: false },
    ),
    /** Where the rows come from and under which licence. */
    source: Source,
    /** Which share of all rows they shall be, between 0 and 1; without it all of them are taken. */
    share: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1, description: 'a share between 0 and 1' }),
    ),
  },
  { additionalProperties: false },
)
export type TextOptions = Static<typeof TextOptions>

/**
 * Rows of text without images, in JSON Lines (plain or `.gz`) or Parquet files. A file's name says which it is. Throws
 * OptionsError for wrong options.
 */
export function textRows(files: Files, given: TextOptions): TextRows {
  readOptions('textRows', closed({ files: Files }), { files })
  const { fields, source, share } = readOptions('textRows', TextOptions, given)
  return {
    options: JSON.parse(JSON.stringify({ files: patternsOf(files), fields, source, share })),
    source,
    share,
    read: noted => readAll(files, fields, noted),
  }
}

const shown = 20

/** Look at every row; gives the files that they are in. Throws one InputError for all that is wrong. */
export async function checkTextRows({ read }: TextRows): Promise<InputFile[]> {
  const lines: string[] = []
  const inputs: InputFile[] = []
  let rows = 0
  for await (const row of read(file => inputs.push(file))) {
    rows++
    if ('problem' in row && lines.length < shown) lines.push(`${row.place}: ${row.problem}`)
  }
  if (rows === 0) lines.push('textRows(…): the files have no rows; fill them or leave them out')
  if (lines.length > 0) throw new InputError(lines)
  return inputs
}

async function* readAll(
  files: Files,
  fields: TextOptions['fields'],
  noted?: Noted,
): AsyncGenerator<TextRow | Problem> {
  for await (const file of openFiles(files)) {
    if ('problem' in file) {
      yield file
      continue
    }
    let sound = true
    for await (const entry of rowsOf(file)) {
      sound &&= !('problem' in entry)
      if ('problem' in entry) yield entry
      else yield textRow(entry.row, fields, { file, number: entry.number })
    }
    if (sound) noted?.({ path: file.origin, ...(await fileDigest(file.path)) })
  }
}

const rowsOf = (file: TaskFile) =>
  file.path.endsWith('.parquet') ? parquetRows(file, null) : jsonlRows(file)

interface Place {
  file: TaskFile
  number: number
}

function textRow(row: Row, fields: TextOptions['fields'], { file, number }: Place): TextRow | Problem {
  let field = ''
  const text = (name: keyof typeof fields) => {
    field = name
    const mapped = fields[name]
    const value = mapped === undefined ? undefined : fieldValue(row, mapped)
    if (value === undefined) throw new ValueError(`is not in the row; ${namedFields(Object.keys(row))}`)
    return scalarText(value)
  }
  try {
    const id = fields.id === undefined ? `${file.stem}/${number}` : text('id')
    return { id, question: text('question'), reasoning: text('reasoning'), answer: text('answer') }
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    return { place: `${file.shown}:${number}`, problem: `${field}: ${error.message}` }
  }
}
