import { Utf8 } from 'apache-arrow'
import { reasonOf, shownDrop } from '../../schemas/drop.ts'
import { canonicalJson } from '../../schemas/hash.ts'
import { stateOf } from '../../schemas/measurement.ts'
import type { Fact, Trajectory } from '../../schemas/trajectory.ts'
import { decimal, flag, int32, list, text } from '../columns.ts'
import type { Decision } from '../export.ts'
import { picturesOf } from './shown-pictures.ts'
import type { Entry, TidyTable } from './table.ts'
import { totalled, usageColumns, usageFields } from './usage.ts'

/** A line for each rollout: what was asked, what came of it, what was decided, what it cost, and where it lies. */
export const rowsTable: TidyTable = {
  name: 'rows',
  about:
    'each rollout: question, answers, decision, licence, counts, tokens, cost, and where its whole row lies',
  fields: [
    ...['key', 'task_id', 'teacher', 'model'].map(text),
    int32('sample'),
    ...['category', 'answer_type', 'question', 'answer', 'teacher_answer'].map(text),
    list('choices', new Utf8()),
    flag('kept'),
    ...['stage', 'reason', 'detail'].map(text),
    list('rescued', new Utf8()),
    ...['outcome', 'stopped_by', 'source', 'licence', 'url', 'source_file'].map(text),
    int32('source_row'),
    text('meta'),
    ...['turns', 'calls', 'mistakes', 'images'].map(int32),
    list('tools', new Utf8()),
    ...usageFields,
    decimal('cost_usd'),
    list('checks_failed', new Utf8()),
    ...['task_tries', 'task_solved'].map(int32),
    ...['label', 'label_by', 'view'].map(text),
    ...['shard', 'shard_row'].map(int32),
  ],
  lines: entry => [lineOf(entry)],
}

function lineOf({ measured: { trajectory, facts }, verdict, costs, tries, label, place }: Entry) {
  const { key, teacher, sample, turns } = trajectory
  return {
    key,
    teacher: teacher.name,
    model: turns[0]?.reply.model ?? null,
    sample,
    ...asked(trajectory),
    ...decided(verdict),
    ...ended(trajectory),
    ...counted(trajectory),
    ...usageColumns(turns.map(({ reply }) => reply.usage)),
    cost_usd: costs.length < turns.length || costs.includes(null) ? null : totalled(costs),
    checks_failed: failed(facts),
    task_tries: tries?.tries ?? null,
    task_solved: tries?.solved ?? null,
    label: label?.label ?? null,
    label_by: label?.by.join(', ') ?? null,
    view: place?.view ?? null,
    shard: place?.shard ?? null,
    shard_row: place?.row ?? null,
  }
}

const asked = ({ task: { source, origin, ...task } }: Trajectory) => ({
  task_id: task.id,
  category: task.category,
  answer_type: task.answerType,
  question: task.question,
  answer: task.answer || null,
  choices: task.choices,
  source: source.name,
  licence: source.licence,
  url: source.url ?? null,
  source_file: origin?.file ?? null,
  source_row: origin?.row ?? null,
  meta: canonicalJson(task.meta),
})

const decided = (verdict: Decision) => ({
  kept: verdict.keep,
  stage: null,
  reason: null,
  detail: null,
  ...(verdict.keep ? {} : { ...shownDrop(verdict), detail: verdict.detail }),
  rescued: verdict.rescued?.map(reasonOf) ?? [],
})

const ended = ({ outcome }: Trajectory) => ({
  outcome: outcome.kind,
  stopped_by: outcome.kind === 'stopped' ? outcome.by : null,
  teacher_answer: outcome.kind === 'answered' ? outcome.answer : null,
})

function counted(trajectory: Trajectory) {
  const { turns } = trajectory
  const calls = turns.flatMap(({ reply }) => reply.calls)
  const seen = turns.flatMap(({ observations }) => observations)
  return {
    turns: turns.length,
    calls: calls.length,
    mistakes: seen.filter(({ mistake }) => mistake !== null).length,
    images: picturesOf(trajectory).length,
    tools: [...new Set(calls.map(({ name }) => name))],
  }
}

const failed = (facts: readonly Fact[]): string[] =>
  facts.filter(fact => stateOf(fact) === 'failed').map(({ check }) => check)
