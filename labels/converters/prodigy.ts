import type { Label } from '../label.ts'
import type { LabelConverter, LabelledRow } from './converter.ts'

const answers = { good: 'accept', bad: 'reject', unsure: 'ignore' } as const

/**
 * JSON Lines for `prodigy db-in` (prodi.gy/docs/api-interfaces, "classification"): a line for each label. Its agreement
 * compares `answer` where `_input_hash` is the same.
 */
export const toProdigy: LabelConverter = rows =>
  rows.flatMap(row => row.said.map(label => `${JSON.stringify(lineOf(row, label))}\n`)).join('')

function lineOf(row: LabelledRow, { label, by, at, reasons, note, turn, box }: Label) {
  const session = by
  return {
    text: textOf(row),
    label: 'GOOD',
    answer: answers[label ?? 'unsure'],
    meta: { key: row.key, task: row.task, turn: turn ?? null, reasons, note, box: box ?? null },
    _view_id: 'classification',
    _input_hash: hashOfKey(row.key),
    _task_hash: hashOfKey(row.key),
    _session_id: session,
    _annotator_id: session,
    _timestamp: Math.floor(Date.parse(at) / 1000),
  }
}

const textOf = ({ question, conversation, teacherAnswer, answer }: LabelledRow): string =>
  `${question}\n\n${conversation}\n\nAnswer: ${teacherAnswer}\nTrue answer: ${answer}`

/** 32 bits with a sign, as its own hashes are. */
const hashOfKey = (key: string): number => Number.parseInt(key.slice(0, 8), 16) | 0
