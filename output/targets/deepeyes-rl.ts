import { Schema } from 'apache-arrow'
import Type, { type Static } from 'typebox'
import { instructions, promptHashes, questionText, studentGuard } from '../../prompts/deepeyes.ts'
import { closed, factory } from '../../schemas/options.ts'
import type { Screening } from '../../schemas/screening.ts'
import type { Task } from '../../schemas/task.ts'
import { struct, text } from '../columns.ts'
import {
  decline,
  type FilesBeside,
  type Projected,
  project,
  type TaskContext,
  TaskExport,
} from '../export.ts'
import { withoutImageSearch } from './deepeyes-turn.ts'
import { PoolOptions, rlColumns, rlInfo, rlNotes, rlRow, unrewardable } from './rl-row.ts'
import { cacheIndex, openSearchCache } from './search-cache.ts'

/** What DeepEyesV2's trainer knows: each has a reward of its own, any other stops it. */
export const DeepEyesSource = Type.Enum(['perception', 'reason', 'search'])
export type DeepEyesSource = Static<typeof DeepEyesSource>

export const DeepEyesRlOptions = closed({
  ...PoolOptions.properties,
  /** Which of them a task's category is. Their own names need not be named. */
  sources: Type.Optional(Type.Record(Type.String(), DeepEyesSource)),
})
export type DeepEyesRlOptions = Static<typeof DeepEyesRlOptions>

const known: Record<string, DeepEyesSource> = {
  perception: 'perception',
  reason: 'reason',
  reasoning: 'reason',
  search: 'search',
}

const schema = new Schema([
  ...rlColumns,
  text('env_name'),
  struct('extra_info', [...rlInfo, text('index'), text('data_source'), ...rlNotes]),
])

/**
 * The prompts for reinforcement learning, as DeepEyesV2's fork of verl reads them (reinforcement_learning/:
 * rl_dataset.py, envs/deepeyesv2, reward_score/__init__.py). `extra_info.index` is the key of a row's image search in
 * `fvqa_train_image_search_results_cache.json`, which is written beside the shards with its `cached_images/`. The
 * environment's image search knows nothing else and ends the episode there, so only rows that it holds offer one. A
 * task whose category is none of its sources is declined.
 */
export const deepEyesRl = factory(
  TaskExport,
  'deepEyesRl',
  DeepEyesRlOptions,
  ({ sources = {}, ...bound }): TaskExport => {
    const sourceOf = ({ category }: Task) => ({ ...known, ...sources })[category]
    return {
      name: 'deepeyes_rl',
      options: { sources: { ...sources }, prompts: promptHashes, ...bound },
      maxTokens: bound.maxTokens,
      select: 'rl',
      shards: 'data',
      trainer: { name: 'DeepEyesV2’s verl', load: 'data.train_files: deepeyes_rl/data/*.parquet' },
      schema,
      about:
        'The pool of prompts for reinforcement learning with DeepEyesV2’s fork of verl: tasks that the student solves sometimes, and with tools only. Its environment shows the first image to its tools; its image searches are in `fvqa_train_image_search_results_cache.json` beside the shards, with paths relative to that file.',
      row: (screening, context) => row(screening, sourceOf(screening.task), context),
      beside: cacheOf,
    }
  },
)

async function row(
  screening: Screening,
  dataSource: DeepEyesSource | undefined,
  context: TaskContext,
): Promise<Projected> {
  const { task } = screening
  if (!dataSource) return decline('unknown_category', task.category)
  if (task.images.length === 0) return decline('no_image', task.id)
  const problem = unrewardable(task)
  if (problem) return decline(problem.reason, problem.detail)
  const found = await context.imageSearch(task)
  const tools = found ? context.tools : withoutImageSearch(context.tools, context.kinds)
  const safe = studentGuard()
  const { row, info, shown, length } = rlRow(screening, {
    dataSource,
    style: 'model',
    safe,
    messages: (parts, { put }) => [
      { role: 'system', content: instructions(tools, context.kinds, task.images.length) },
      { role: 'user', content: questionText(parts, { put, safe }) },
    ],
  })
  const index = found || dataSource === 'search' ? cacheIndex(task) : task.id
  const written = {
    ...row,
    images: await shown.column(context),
    env_name: 'deepeyes_v2',
    extra_info: { ...info, index, data_source: dataSource },
  }
  return project(written, { length })
}

async function cacheOf(folder: string): Promise<FilesBeside<Screening>> {
  const cache = await openSearchCache(folder)
  return {
    async add({ task }, { imageSearch, bytes }) {
      const search = await imageSearch(task)
      if (search) await cache.add(cacheIndex(task), search, bytes)
    },
    finish: cache.finish,
    [Symbol.asyncDispose]: cache[Symbol.asyncDispose],
  }
}
