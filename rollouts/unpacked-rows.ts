import { isObject, parseJson } from '../schemas/json.ts'
import type { Row } from '../tasks/fields.ts'
import type { Numbered } from '../tasks/table-source.ts'

/** Columns of conversations: many write them as JSON text, since a table wants one shape for all of its rows. */
const conversation = ['messages', 'prompt', 'completion', 'conversations', 'message_list', 'traces']

/** What a document in JSON calls the list of its rows, beside what it says of all of them. */
const lists = ['data', 'rows', 'train', 'examples']

/** Rows with lists for conversations, however they are written; where a document holds a list of rows, those. */
export async function* unpacked(rows: AsyncIterable<Numbered>): AsyncIterable<Numbered> {
  for await (const each of rows) {
    const within = 'problem' in each ? [] : rowsIn(each.row)
    if ('problem' in each) yield each
    else if (within.length === 0) yield { ...each, row: withLists(each.row) }
    else for (const [index, row] of within.entries()) yield { number: index + 1, row: withLists(row) }
  }
}

function rowsIn(row: Row): Row[] {
  if (conversation.some(column => column in row)) return []
  const [found = []] = lists.flatMap(name => (isRows(row[name]) ? [row[name]] : []))
  return found
}

const isRows = (value: unknown): value is Row[] =>
  Array.isArray(value) && value.length > 0 && value.every(each => isObject(each))

function withLists(row: Row): Row {
  const opened = conversation.flatMap(column => {
    const text = row[column]
    const list = typeof text === 'string' && /^\s*\[\s*\{/.test(text) ? parseJson(text) : undefined
    return isRows(list) ? [[column, list]] : []
  })
  return opened.length > 0 ? { ...row, ...Object.fromEntries(opened) } : row
}
