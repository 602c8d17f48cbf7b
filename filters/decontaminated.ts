import Type, { type Static } from 'typebox'
import { closed, count, factory, from0 } from '../schemas/options.ts'
import { Benchmarks, benchmarkOptions, checkBenchmarks } from './near/benchmark.ts'
import { sharedRuns } from './near/questions.ts'
import { against, sketchPictures } from './near/reference-selector.ts'
import { Selector } from './selector.ts'

export const DecontaminatedOptions = closed({
  benchmarks: Benchmarks,
  /** Words in a row that a question must share with a benchmark's: 13 by default; 8 finds more, and more by chance. */
  ngram: Type.Optional(count),
  /** Runs of words in more questions of the benchmarks than this are phrases of a template; 10 by default. */
  common: Type.Optional(from0),
})
export type DecontaminatedOptions = Static<typeof DecontaminatedOptions>

/** Drops rows whose question, or an image or part of one, stands in a benchmark. */
export const decontaminated = factory(Selector, 'decontaminated', DecontaminatedOptions, given => {
  const { benchmarks, ngram = 13, common = 10 } = given
  return {
    name: 'decontaminated',
    version: 1,
    options: { benchmarks: benchmarkOptions(benchmarks), ngram, common },
    ready: () => checkBenchmarks(benchmarks),
    prepare: sketchPictures,
    select: (rows, workspace) =>
      against(rows, workspace, {
        benchmarks,
        questions: sharedRuns(workspace.table, 'benchmark', ngram, common),
        rejection: ({ set, by, question }) => ({
          reason: `benchmark_${by}`,
          detail: `${set} has this ${by}: ${question}`,
        }),
      }),
  }
})
