import { type Field, Schema, Utf8 } from 'apache-arrow'
import { madeBy, searched } from '../../checks/reading/made-by.ts'
import { type Guard, guard } from '../../prompts/markers.ts'
import { recordOf } from '../../rollouts/record.ts'
import { columnsRead, plainRow } from '../../rollouts/row.ts'
import { shownDrop } from '../../schemas/drop.ts'
import { canonicalJson } from '../../schemas/hash.ts'
import type { Json } from '../../schemas/json.ts'
import type { MetaShape } from '../../schemas/meta-shape.ts'
import { factory, noOptions } from '../../schemas/options.ts'
import type { Usage } from '../../schemas/reply-use.ts'
import { hasKey } from '../../schemas/task.ts'
import type { Observation, ToolCall, Trajectory, Turn } from '../../schemas/trajectory.ts'
import {
  changeable,
  flag,
  images,
  integer,
  list,
  type ParquetRow,
  type ParquetValue,
  struct,
  text,
} from '../columns.ts'
import { type Decision, Export, type ExportContext, type ExportRow, project } from '../export.ts'
import { lessonOf } from '../lesson.ts'
import { metaColumn, metaValue } from '../meta-column.ts'
import { pictures, questionParts, type RowPictures } from '../pictures.ts'
import { isTaught } from '../trainable.ts'

const message = struct('element', [
  text('role'),
  text('content'),
  text('tool_calls'),
  text('tool_call_id'),
  text('name'),
  flag('train'),
])

const usageNames = ['input', 'output', 'cached', 'reasoning'] as const

/**
 * The columns of the canonical view, where `meta` has these fields. No trainer takes one of these names for its
 * training rows: the view would be trained on without its calls, and with the loss on what tools said.
 */
export const hfColumns = (meta: MetaShape): Field[] => [
  text('id'),
  text('key'),
  text('task_question'),
  text('task_answer'),
  text('answer_type'),
  list('choices', new Utf8()),
  text('category'),
  text('teacher'),
  integer('sample'),
  text('outcome'),
  text('teacher_answer'),
  list('trajectory', message.type),
  flag('trainable'),
  text('untrainable'),
  text('tools'),
  metaColumn(meta),
  struct('usage', usageNames.map(integer)),
  flag('altered'),
  integer('schema_version'),
  text('record'),
  images({ decode: true }),
  ...['facts', 'provenance', 'source_file'].map(text).map(changeable),
  changeable(integer('source_row')),
  changeable(text('licence')),
]

/**
 * Every kept trajectory with everything about it, for reading, filtering and projecting further. It is the canonical
 * view.
 */
export const hf = factory(Export, 'hf', noOptions, () => ({
  name: 'hf',
  options: {},
  select: 'kept',
  view: true,
  shards: 'data',
  schema: new Schema(hfColumns(null)),
  schemaWith: meta => new Schema(hfColumns(meta)),
  about:
    'The canonical view of every kept trajectory, for reading, filtering and converting: the whole conversation with its tool calls as they were made, what was measured about it, and where it came from. It is for no trainer as it is.',
  row: async (item, context) => project(await hfRow(item, context)),
}))

/**
 * A trajectory in the canonical columns. `trainable` is what targets for fine-tuning make of it unless they are told
 * otherwise, and `trajectory[].train` is false where the teacher made a mistake or had to be
 * reminded, or where its text holds what it only thought. A reminder that answers no call is said as a user.
 */
export async function hfRow({ measured, verdict }: ExportRow, context: ExportContext): Promise<ParquetRow> {
  const { trajectory, facts } = measured
  const { key, task, sample, outcome } = trajectory
  const untrainable = verdict.keep ? unteachable(trajectory) : 'dropped'
  const { origin } = task
  const safe = guard()
  const shown = pictures(safe)
  const json = (value: unknown): string => safe.json(canonicalJson(value))
  const row = {
    id: safe.text(task.id),
    key,
    task_question: safe.text(task.question),
    task_answer: hasKey(task) ? safe.text(task.answer) : null,
    answer_type: task.answerType,
    choices: task.choices?.map(safe.text) ?? null,
    category: safe.text(task.category),
    teacher: trajectory.teacher.name,
    sample: BigInt(Math.min(sample, Number.MAX_SAFE_INTEGER)),
    outcome: outcome.kind,
    teacher_answer: outcome.kind === 'answered' ? safe.text(outcome.answer) : null,
    trajectory: messages(trajectory, shown, safe),
    trainable: untrainable === null,
    untrainable,
    tools: json(trajectory.tools.map(tool => ({ type: 'function', function: tool }))),
    images: await shown.column(context),
    facts: json(facts),
    provenance: json(provenance(trajectory, verdict)),
    source_file: origin ? safe.text(origin.file) : null,
    source_row: origin ? BigInt(origin.row) : null,
    licence: safe.text(task.source.licence),
    meta: metaValue(task.meta, context.meta ?? null, safe),
    usage: usage(trajectory.turns),
    schema_version: BigInt(trajectory.schemaVersion),
  }
  const record = recordOf(trajectory, columnsRead(plainRow(row), shown.list), shown.list)
  return { ...row, altered: safe.altered(), record }
}

/** Why no student is taught from it, or null. */
function unteachable(trajectory: Trajectory): string | null {
  const taught = lessonOf(trajectory, {})
  return taught.teach ? null : taught.reason
}

const blank = { tool_calls: null, tool_call_id: null, name: null, train: false }

const messages = (trajectory: Trajectory, shown: RowPictures, safe: Guard): ParquetValue => [
  { ...blank, role: 'system', content: safe.text(trajectory.system) },
  { ...blank, role: 'user', content: shown.parts(questionParts(trajectory)) },
  ...trajectory.turns.flatMap(turn => [
    said(turn, safe),
    ...turn.observations.map(observation => seen(observation, turn.reply.calls, shown, safe)),
    ...(turn.reminder && turn.observations.length === 0
      ? [{ ...blank, role: 'user', content: safe.text(turn.reminder.text) }]
      : []),
  ]),
]

function said(turn: Turn, safe: Guard): ParquetValue {
  const { text, calls } = turn.reply
  const call = ({ id, name, arguments: raw }: ToolCall) => ({
    id: safe.text(id),
    type: 'function',
    function: { name: safe.text(name), arguments: safe.json(raw) },
  })
  const tool_calls = calls.length > 0 ? JSON.stringify(calls.map(call)) : null
  return { ...blank, role: 'assistant', content: safe.text(text), tool_calls, train: isTaught(turn) }
}

function seen(
  { callId, parts }: Observation,
  calls: ToolCall[],
  shown: RowPictures,
  safe: Guard,
): ParquetValue {
  const call = calls.find(({ id }) => id === callId)
  const name = call ? safe.text(call.name) : null
  return { ...blank, role: 'tool', content: shown.parts(parts), tool_call_id: safe.text(callId), name }
}

/**
 * Where a row came from: the material, what made it, what it was made with, and which drops were passed over by hand.
 */
function provenance(trajectory: Trajectory, { rescued }: Decision): Json {
  const { task, teacher, turns, environment, prompts, origin } = trajectory
  return {
    source: { ...task.source, url: task.source.url ?? null },
    searched: searched(turns),
    teacher: { ...teacher, ...madeBy(trajectory) },
    environment: { kind: environment.kind, python: environment.python, hash: environment.hash },
    prompts,
    ...droppedImages(turns),
    ...(rescued && { rescued: rescued.map(shownDrop) }),
    // It was not made here.
    ...(origin && { origin }),
  }
}

/** Images that code drew and that are not in the row. */
function droppedImages(turns: readonly Turn[]) {
  const cells = turns.flatMap(({ observations }) => observations.map(({ data }) => data))
  const count = cells.reduce((sum, data) => sum + ((data?.kind === 'cell' && data.droppedImages) || 0), 0)
  return count > 0 ? { droppedImages: count } : {}
}

const usage = (turns: Turn[]): ParquetValue =>
  Object.fromEntries(usageNames.map(name => [name, BigInt(total(turns, name))]))

/** Servers may have counted what no column holds. */
const total = (turns: Turn[], name: keyof Usage): number =>
  Math.min(
    turns.reduce((sum, { reply }) => sum + (reply.usage[name] ?? 0), 0),
    Number.MAX_SAFE_INTEGER,
  )
