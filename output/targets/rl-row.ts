import { readFileSync } from 'node:fs'
import { type Field, Utf8 } from 'apache-arrow'
import Type, { type Static } from 'typebox'
import { askedParts } from '../../prompts/asked-parts.ts'
import type { Guard } from '../../prompts/markers.ts'
import { prompt } from '../../prompts/prompt.ts'
import { canonicalJson } from '../../schemas/hash.ts'
import { textsIn } from '../../schemas/json.ts'
import { closed, count } from '../../schemas/options.ts'
import type { Screening } from '../../schemas/screening.ts'
import { hasKey, type Part, type Task } from '../../schemas/task.ts'
import { decimal, flag, images, list, type ParquetRow, struct, text } from '../columns.ts'
import type { Rendered } from '../length/counter.ts'
import { pictures, type RowPictures } from '../pictures.ts'
import type { Reason } from '../trainable.ts'

const question = prompt('question')

/** Options that every pool for reinforcement learning has. */
export const PoolOptions = closed({
  /** Tokens that a prompt may have, with its pictures: a longer one is declined as `too_long`. No bound by default. */
  maxTokens: Type.Optional(count),
})
export type PoolOptions = Static<typeof PoolOptions>

/**
 * Characters. Trainers count a longer answer as wrong (DeepEyesV2's reward_score/deepeyesv2.py): no student could be
 * right.
 */
const longestAnswer = 300

/** Why no student can be rewarded for a task, if so. */
export function unrewardable(task: Task): Reason | undefined {
  if (!hasKey(task)) return { reason: 'no_key', detail: 'nobody said what the right answer is' }
  const { length } = task.answer
  return length >= longestAnswer ? { reason: 'long_answer', detail: `${length} characters` } : undefined
}

/** What gives rewards, beside the shards of every target whose trainer calls a function for them. */
export const rewardFile = { 'reward.py': readFileSync(new URL('reward.py', import.meta.url), 'utf8') }

/**
 * The columns that a prompt for reinforcement learning has in every target, but for `extra_info` and what a target
 * adds.
 */
export const rlColumns: Field[] = [
  text('data_source'),
  text('ability'),
  list('prompt', struct('element', [text('role'), text('content')]).type),
  images({ decode: true }),
  struct('reward_model', [text('style'), text('ground_truth')]),
  flag('altered'),
]

/** What an answer is judged by, beside the true one: with it `kindling reward` judges as the run's checks do. */
export const judgedBy: Field[] = [
  text('question'),
  text('answer_type'),
  list('choices', new Utf8()),
  decimal('tolerance'),
]

/** What `extra_info` holds in every target. It is for rewards and for people: no student is shown it. */
export const rlInfo: Field[] = [...['id', 'split', 'answer', 'category'].map(text), ...judgedBy]

/**
 * Where a task is from, and what was counted of it, as JSON, because columns of different rows would fill each other
 * with nulls.
 */
export const rlNotes: Field[] = ['screening', 'source'].map(text)

interface RlParts {
  dataSource: string
  /** Who compares: rules or a model. */
  style: 'rule' | 'model'
  safe: Guard
  /** The messages, with a placeholder put for every image. */
  messages(parts: readonly Part[], shown: RowPictures): ParquetRow[]
}

/**
 * A task in those columns, `images` still to be filled from `shown`. The answer is in `reward_model` and `extra_info`
 * only, and exact there: nobody looks for placeholders in them.
 */
export function rlRow({ task, data }: Screening, { dataSource, style, safe, messages }: RlParts) {
  const shown = pictures(safe)
  const row = {
    data_source: dataSource,
    ability: dataSource,
    prompt: messages(askedParts(task, question), shown),
    reward_model: { style, ground_truth: task.answer.toWellFormed() },
    altered: safe.altered(),
  }
  const info = {
    id: task.id.toWellFormed(),
    split: 'train',
    answer: task.answer.toWellFormed(),
    ...judgement(task),
    category: task.category.toWellFormed(),
    screening: canonicalJson(data).toWellFormed(),
    source: canonicalJson(task.source).toWellFormed(),
  }
  const texts = row.prompt.map(({ content = null }) => textsIn(content).join('\n'))
  return { row, info, shown, length: { texts, pictures: shown.list } satisfies Rendered }
}

/** A task in those columns. */
export const judgement = ({ question, answerType, choices, tolerance }: Task) => ({
  question: question.toWellFormed(),
  answer_type: answerType,
  choices: choices?.map(choice => choice.toWellFormed()) ?? null,
  tolerance,
})
