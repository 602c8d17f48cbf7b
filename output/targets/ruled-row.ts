import type { Schema } from 'apache-arrow'
import Type, { type Static } from 'typebox'
import { type Guard, guard } from '../../prompts/markers.ts'
import type { Prompt } from '../../prompts/prompt.ts'
import { promptFor } from '../../prompts/twofold.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { closed } from '../../schemas/options.ts'
import type { Screening } from '../../schemas/screening.ts'
import type { Part, Task } from '../../schemas/task.ts'
import type { ParquetRow, ParquetValue } from '../columns.ts'
import {
  decline,
  type FilesBeside,
  type Projected,
  project,
  type TaskContext,
  type TaskExport,
} from '../export.ts'
import type { Totals } from '../length/totals.ts'
import type { RowPictures } from '../pictures.ts'
import { StudentPrompt, studentPrompt } from '../student.ts'
import { PoolOptions, rewardFile, rlRow, unrewardable } from './rl-row.ts'
import { described } from './tools-file.ts'

/** A task of the pool whose answers rules compare, ready to be written. */
export interface RuledRow extends Pick<ReturnType<typeof rlRow>, 'row' | 'info'> {
  task: Task
  images: ParquetValue
}

/** What a trainer takes for the content of a message. */
interface Content {
  told(system: string): ParquetValue
  asked(parts: readonly Part[], shown: RowPictures, safe: Guard): ParquetValue
}

/** A text, with a placeholder for every picture. */
export const inText: Content = {
  told: system => system,
  asked: (parts, shown) => shown.parts(parts),
}

/** A list of parts, each a text or a picture. */
export const inParts: Content = {
  told: system => [{ type: 'text', text: system }],
  asked: (parts, { put }, safe) =>
    parts.map(part => {
      if (part.type === 'text') return { type: 'text', text: safe.text(part.text) }
      put(part.image)
      return { type: 'image', text: null }
    }),
}

export const RuledOptions = closed({
  ...PoolOptions.properties,
  /** What the student is told. It has no blanks: of the tools it is told beside that. */
  system: Type.Optional(StudentPrompt),
})
export type RuledOptions = Static<typeof RuledOptions>

/** How one trainer wants it. */
interface RuledForm {
  name: string
  about: string
  trainer: NonNullable<TaskExport['trainer']>
  schema: Schema
  /** What the manifest says beside the options of every pool. */
  options?: JsonObject
  /** The sha256 of prompts that rows are made with, beside the student's. */
  prompts?: Record<string, string>
  content: Content
  dataSource?(task: Task): string
  /** What the student is told of the tools beside its prompt; without it, the trainer's template tells of them. */
  told?(system: string, context: TaskContext): string
  written(row: RuledRow, context: TaskContext): ParquetRow
  beside?(folder: string): Promise<FilesBeside<Screening>>
  files(totals: Totals): Record<string, string>
}

/** A pool of prompts whose answers rules compare, with `reward.py` beside it. */
export const ruledExport =
  ({ name, about, trainer, schema, options, prompts, beside, files, ...form }: RuledForm) =>
  ({ system = studentPrompt, ...bound }: RuledOptions): TaskExport => ({
    name,
    options: { ...options, prompts: { [system.name]: system.sha256, ...prompts }, ...bound },
    select: 'rl',
    maxTokens: bound.maxTokens,
    shards: 'data',
    trainer,
    schema,
    about,
    row: (screening, context) => ruledRow(screening, system, form, context),
    ...(beside && { beside }),
    files: totals => ({ ...rewardFile, ...files(totals) }),
  })

type RowForm = Pick<RuledForm, 'content' | 'dataSource' | 'told' | 'written'>

/** A row of the pool, or why nobody could be rewarded for the task. */
async function ruledRow(
  screening: Screening,
  prompt: Prompt,
  { content, dataSource, told, written }: RowForm,
  context: TaskContext,
): Promise<Projected> {
  const { task } = screening
  const problem = unrewardable(task)
  if (problem) return decline(problem.reason, problem.detail)
  const safe = guard({ tags: ['think', 'answer', 'tools', 'tool_call', 'tool_response'], special: true })
  const alone = promptFor(task.images.length, prompt).fill({})
  const system = guard({ special: true }).text(told?.(alone, context) ?? alone)
  const { row, info, shown, length } = rlRow(screening, {
    dataSource: dataSource?.(task) ?? task.category,
    style: 'rule',
    safe,
    messages: (parts, shown) => [
      { role: 'system', content: content.told(system) },
      { role: 'user', content: content.asked(parts, shown, safe) },
    ],
  })
  const texts = [...length.texts, JSON.stringify(told ? [] : context.offered.map(described))]
  const made = written({ task, row, info, images: await shown.column(context) }, context)
  return project(made, { length: { ...length, texts } })
}

/** Tokens that a prompt may have where no row of these is longer: a round number, for rows that come later. */
export const promptRoom = ({ longest }: Pick<Totals, 'longest'>): number =>
  1024 * Math.ceil((longest + 1) / 1024)

/** Tokens that all turns of an answer may have together, with what tools gave: as many as DeepEyesV2's run lets. */
export const responseTokens = 16_384
