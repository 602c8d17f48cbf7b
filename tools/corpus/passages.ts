import Type, { type Static } from 'typebox'
import { InputError } from '../../schemas/input-error.ts'
import { closed, readOptions } from '../../schemas/options.ts'
import { scalarText, textValue, ValueError } from '../../tasks/field-values.ts'
import { columnOf, Field, fieldValue, namedFields, type Row } from '../../tasks/fields.ts'
import { Files, openFiles } from '../../tasks/files.ts'
import { jsonlRows } from '../../tasks/jsonl.ts'
import { parquetRows } from '../../tasks/parquet.ts'
import type { Problem } from '../../tasks/source.ts'
import type { ReadRows } from '../../tasks/table-source.ts'
import type { Passage } from './text-corpus.ts'

/** Which column holds what: its name (dotted for a nested one), or one value for every row. */
export const PassageFields = closed({
  id: Field,
  title: Field,
  text: Field,
  licence: Type.Optional(Field),
  source: Type.Optional(Field),
  link: Type.Optional(Field),
  date: Type.Optional(Field),
})
export type PassageFields = Static<typeof PassageFields>

const ownNames: PassageFields = {
  id: 'id',
  title: 'title',
  text: 'text',
  licence: 'licence',
  source: 'source',
  link: 'link',
  date: 'date',
}

/**
 * Passages for a text corpus, from files with one JSON object a line, gzipped if the name ends in .gz. Reading throws
 * InputError for a file that cannot be read and for the first line that is no passage.
 */
export const jsonlPassages = (files: Files, fields: PassageFields = ownNames): AsyncIterable<Passage> =>
  tablePassages('jsonlPassages', files, fields, jsonlRows)

/**
 * Passages for a text corpus, from Parquet files, read a part at a time. Reading throws InputError as `jsonlPassages`
 * does.
 */
export const parquetPassages = (files: Files, fields: PassageFields = ownNames): AsyncIterable<Passage> =>
  tablePassages('parquetPassages', files, fields, parquetRows)

function tablePassages(
  name: string,
  files: Files,
  fields: PassageFields,
  rows: ReadRows,
): AsyncIterable<Passage> {
  readOptions(name, closed({ files: Files, fields: PassageFields }), { files, fields })
  return { [Symbol.asyncIterator]: () => read(files, fields, rows) }
}

async function* read(files: Files, fields: PassageFields, rows: ReadRows): AsyncGenerator<Passage> {
  const columns = Object.values(fields).flatMap(field => columnOf(field) ?? [])
  for await (const file of openFiles(files)) {
    if ('problem' in file) throw refusedInput(file)
    for await (const entry of rows(file, columns)) {
      if ('problem' in entry) throw refusedInput(entry)
      yield passageOf(entry.row, fields, `${file.shown}:${entry.number}`)
    }
  }
}

const refusedInput = ({ place, problem }: Problem) => new InputError([`${place}: ${problem}`])

function passageOf(row: Row, fields: PassageFields, place: string): Passage {
  const refuse = (name: string, problem: string) => refusedInput({ place, problem: `${name}: ${problem}` })

  function value(name: keyof PassageFields, read: (value: unknown) => string): string | undefined {
    try {
      const found = fields[name] && fieldValue(row, fields[name])
      return found === undefined || found === null ? undefined : read(found)
    } catch (error) {
      throw error instanceof ValueError ? refuse(name, error.message) : error
    }
  }

  function needed(name: keyof PassageFields, read: (value: unknown) => string): string {
    const text = value(name, read)
    if (text !== undefined) return text
    throw refuse(
      name,
      `there is nothing at ${JSON.stringify(fields[name])}; ${namedFields(Object.keys(row))}`,
    )
  }

  const id = needed('id', scalarText)
  if (id === '') throw refuse('id', 'is empty; give every passage its own')
  return {
    id,
    title: needed('title', textValue),
    text: needed('text', textValue),
    licence: value('licence', textValue),
    source: value('source', textValue),
    link: value('link', textValue),
    date: value('date', scalarText),
  }
}
