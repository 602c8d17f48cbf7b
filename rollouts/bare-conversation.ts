import type { Row } from '../tasks/fields.ts'
import type { TaskFile } from '../tasks/files.ts'
import type { Numbered } from '../tasks/table-source.ts'

/** Bytes of a conversation, about, which is held as a whole: its pictures stand in it. */
const largest = 200_000_000

/**
 * Rows as they are; where the first is a message, as in a bare list of OpenAI's, all of them are one conversation. One
 * of which a message cannot be read is none.
 */
export async function* conversations(
  rows: AsyncIterable<Numbered>,
  { shown }: Pick<TaskFile, 'shown'>,
): AsyncIterable<Numbered> {
  const messages: Row[] = []
  let size = 0
  for await (const each of rows) {
    if (messages.length === 0 && ('problem' in each || !isMessage(each.row))) {
      yield each
      yield* rows
      return
    }
    if ('problem' in each) return yield each
    messages.push(each.row)
    size += sizeOf(each.row)
    if (size > largest)
      return yield {
        place: shown,
        problem: `is a conversation of more than ${largest / 1e6} MB; leave it out`,
      }
  }
  if (messages.length > 0) yield { number: 1, row: { messages } }
}

/** What has a role, and no list of messages or items in it. */
const isMessage = (row: Row): boolean =>
  typeof row.role === 'string' && ('content' in row || 'tool_calls' in row) && !('messages' in row)

const sizeOf = (row: Row): number => JSON.stringify(row).length
