import { Schema } from 'apache-arrow'
import Type, { type Static } from 'typebox'
import { guard } from '../../prompts/markers.ts'
import { promptFor } from '../../prompts/twofold.ts'
import { sha256 } from '../../schemas/hash.ts'
import { closed, factory } from '../../schemas/options.ts'
import type { Screening } from '../../schemas/screening.ts'
import { flag, integer, struct, text } from '../columns.ts'
import { decline, type Projected, project, type TaskContext, TaskExport } from '../export.ts'
import { StudentPrompt, studentPrompt } from '../student.ts'
import { rlColumns, rlInfo, rlNotes, rlRow, unrewardable } from './rl-row.ts'

export const VerlRlOptions = closed({
  /** The name that rewards are chosen by, for a task's category; the category itself by default. */
  sources: Type.Optional(Type.Record(Type.String(), Type.String())),
  /** The agent loop that plays a row. */
  agent: Type.Optional(Type.String({ minLength: 1 })),
  /** What the student is told. It has no blanks: the tools are described to it by the trainer. */
  system: Type.Optional(StudentPrompt),
})
export type VerlRlOptions = Static<typeof VerlRlOptions>

const schema = new Schema([
  ...rlColumns,
  text('agent_name'),
  struct('extra_info', [...rlInfo, integer('index'), flag('need_tools_kwargs'), ...rlNotes]),
])

/**
 * The prompts for reinforcement learning, as verl reads them (verl/utils/dataset/rl_dataset.py). Configure the tools
 * there. A reward function of your own compares `<answer>` with `reward_model.ground_truth`, because verl's own
 * functions know only its data sources.
 */
export const verlRl = factory(TaskExport, 'verlRl', VerlRlOptions, (given): TaskExport => {
  const { sources = {}, agent = 'tool_agent', system = studentPrompt } = given
  return {
    name: 'verl_rl',
    options: { sources: { ...sources }, agent, prompts: { [system.name]: system.sha256 } },
    select: 'rl',
    shards: 'data',
    schema,
    about:
      'The pool of prompts for reinforcement learning with verl: tasks that the student solves sometimes, and with tools only. Configure the tools and a reward function there, and raise `data.max_prompt_length`: rows that are longer are left out silently.',
    row: (screening, context) => row(screening, { sources, agent, system }, context),
  }
})

async function row(
  screening: Screening,
  { sources, agent, system }: Required<VerlRlOptions>,
  context: TaskContext,
): Promise<Projected> {
  const { task } = screening
  const problem = unrewardable(task)
  if (problem) return decline(problem.reason, problem.detail)
  const safe = guard({ tags: ['think', 'answer', 'tool_call', 'tool_response'], special: true })
  const { row, info, shown } = rlRow(screening, {
    dataSource: sources[task.category] ?? task.category,
    style: 'rule',
    safe,
    messages: (parts, { parts: textOf }) => [
      { role: 'system', content: promptFor(task.images.length, system).fill({}) },
      { role: 'user', content: textOf(parts) },
    ],
  })
  return project({
    ...row,
    images: await shown.column(context),
    agent_name: agent,
    extra_info: { ...info, index: numberOf(task.id), need_tools_kwargs: false },
  })
}

/** verl numbers its rows; this number is the same in every export. It fits into a double. */
const numberOf = (id: string): bigint => BigInt(`0x${sha256(id).slice(0, 13)}`)
