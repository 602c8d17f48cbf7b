import Type, { type Static } from 'typebox'
import { closed, factory, from0, shareAbove0 } from '../schemas/options.ts'
import { Benchmarks, benchmarkOptions, checkBenchmarks } from './near/benchmark.ts'
import { sameQuestions } from './near/questions.ts'
import { against, sketchPictures } from './near/reference-selector.ts'
import { Selector } from './selector.ts'

export const SplitGuardOptions = closed({
  /**
   * Tasks that must stay unseen, such as a validation set. The run's own pool for reinforcement learning always must.
   */
  heldOut: Type.Optional(Benchmarks),
  /** Share of runs of words that two questions have in common, from which on they are the same; 0.8 by default. */
  threshold: Type.Optional(shareAbove0),
  /**
   * A question that the held-out tasks ask more often than this is a template, and may be asked of other images; 10 by
   * default.
   */
  common: Type.Optional(from0),
})
export type SplitGuardOptions = Static<typeof SplitGuardOptions>

/**
 * Drops rows that share an image or a question with the pool for reinforcement learning, or with tasks that are held
 * out.
 */
export const splitGuard = factory(
  Selector,
  'splitGuard',
  SplitGuardOptions,
  ({ heldOut, threshold = 0.8, common = 10 }) => ({
    name: 'split_guard',
    version: 1,
    options: { ...(heldOut && { heldOut: benchmarkOptions(heldOut) }), threshold, common },
    ready: async () => {
      if (heldOut) await checkBenchmarks(heldOut)
    },
    prepare: sketchPictures,
    select: (rows, workspace) =>
      against(rows, workspace, {
        benchmarks: heldOut,
        pool: true,
        questions: sameQuestions(workspace.table, 'held_out', threshold, common),
        rejection: ({ set, by, question }) => ({
          reason: `held_out_${by}`,
          detail: `${set} has this ${by}: ${question}`,
        }),
      }),
  }),
)
