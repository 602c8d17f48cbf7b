import { unknownLicence } from '../schemas/licence.ts'
import type { Source } from '../schemas/task.ts'
import { scalarText, ValueError } from './field-values.ts'
import { fieldValue, type Row, type SourceField, type TableOptions } from './fields.ts'

/** Reads a field. A fault in it is put down, and the row goes on with `otherwise`. */
export type Take = <T>(name: string, read: () => T, otherwise: T) => T

/** Where a row came from. Somebody has to be named; a licence may be one that nobody knows. */
export function sourceOf(row: Row, { name, licence, url }: TableOptions['source'], take: Take): Source {
  const said = (part: keyof Source, field: SourceField, read = textIn) =>
    typeof field === 'string' ? field : take(`source.${part}`, () => read(row, field), '')
  const where =
    url === undefined ? undefined : said('url', url) || (typeof url === 'string' ? url : undefined)
  return {
    name: said('name', name, filledIn),
    licence: said('licence', licence) || unknownLicence,
    ...(where !== undefined && { url: where }),
  }
}

type Mapped = Exclude<SourceField, string>

const textIn = (row: Row, field: Mapped): string => scalarText(fieldValue(row, field) ?? null).trim()

function filledIn(row: Row, field: Mapped): string {
  const text = textIn(row, field)
  if (text === '') throw new ValueError('there is none; write it into the row, or give one for all rows')
  return text
}
