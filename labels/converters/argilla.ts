import { createHash } from 'node:crypto'
import { wordsByPerson } from '../row-label.ts'
import type { LabelConverter, LabelledRow } from './converter.ts'

/**
 * Records for Argilla's `dataset.records.from_json` (docs.argilla.io/latest/reference/argilla/records): fields
 * `question`, `conversation` and `answer`, a label question `label`, a text question `note`, and what checks found as
 * metadata. People are UUIDs of their names, because it knows users by such.
 */
export const toArgilla: LabelConverter = rows => `${JSON.stringify(rows.map(recordOf), null, 2)}\n`

function recordOf(row: LabelledRow) {
  const { key, task, question, conversation, answer, teacherAnswer, kept, facts, said } = row
  const failed = facts.filter(({ state }) => state === 'failed').map(({ check }) => check)
  return {
    id: key,
    fields: { question, conversation, answer: `${teacherAnswer} (true answer: ${answer})` },
    metadata: {
      task,
      kept: kept ? 'kept' : 'dropped',
      failed,
      reasons: said.flatMap(({ reasons }) => reasons),
    },
    suggestions: { label: { value: failed.length > 0 ? 'bad' : 'good', agent: 'checks', score: null } },
    responses: {
      label: [...wordsByPerson(said)].map(([by, value]) => ({ value, user_id: uuidOf(by) })),
      note: said.filter(({ note }) => note).map(({ by, note }) => ({ value: note, user_id: uuidOf(by) })),
    },
    vectors: {},
  }
}

/** A UUID of version 5 (RFC 9562, 5.5) in the namespace of X.500 names. */
export function uuidOf(name: string): string {
  const space = Buffer.from('6ba7b8149dad11d180b400c04fd430c8', 'hex')
  const bytes = createHash('sha1').update(space).update(name).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
