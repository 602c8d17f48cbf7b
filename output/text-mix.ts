import { guard } from '../prompts/markers.ts'
import { hashOf } from '../schemas/hash.ts'
import type { TextRow, TextRows } from '../tasks/source.ts'
import type { ParquetRow, ParquetValue } from './columns.ts'
import { decline, type Mix, project } from './export.ts'

const tags = ['think', 'answer', 'code', 'tool_call', 'tool_response', 'tools']

/**
 * Text rows for a target, each put into its columns by `write`; `id`, `key`, `images` and `altered` are filled in. A
 * row that has an empty field or holds a tag that trainers read is declined: it is teaching material as it is, or none.
 */
export const mixOf = (rows: TextRows, write: (text: TextRow) => ParquetRow): Mix => ({
  rows,
  row(text) {
    const { id, question, reasoning, answer } = text
    if ([question, reasoning, answer].some(part => part.trim() === '')) return decline('text_row_empty', id)
    const safe = guard({ tags, special: true })
    for (const part of [id, question, reasoning, answer]) safe.text(part)
    if (safe.altered()) return decline('text_row_tags', id)
    const written = write(text)
    const row = { id, key: hashOf({ text }), ...written, images: [], altered: false }
    return project(row, { length: { texts: textsIn(written), pictures: [] } })
  },
})

const textsIn = (value: ParquetValue): string[] => {
  if (typeof value === 'string') return [value]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : []
}
