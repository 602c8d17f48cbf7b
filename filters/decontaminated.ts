import { InputError } from '../tasks/problem.ts'
import { type Benchmarks, checkBenchmarks, optionsOf } from './near/benchmark.ts'
import { sharedRuns } from './near/questions.ts'
import { against } from './near/reference-selector.ts'
import type { Selector } from './selector.ts'

export interface DecontaminatedOptions {
  benchmarks: Benchmarks
  /** Words in a row that a question must share with a benchmark's: 13 by default; 8 finds more, and more by chance. */
  ngram?: number
  /** Runs of words in more questions of the benchmarks than this are phrases of a template; 10 by default. */
  common?: number
}

/** Keep what no benchmark asks: no image of a benchmark, nor a part of one, and no question of it. */
export function decontaminated({ benchmarks, ngram = 13, common = 10 }: DecontaminatedOptions): Selector {
  if (!(Number.isSafeInteger(ngram) && ngram > 0))
    throw new InputError([`decontaminated: ngram is ${ngram}; give a whole number of words from 1`])
  return {
    name: 'decontaminated',
    version: 1,
    options: { benchmarks: optionsOf(benchmarks), ngram, common },
    ready: () => checkBenchmarks(benchmarks),
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
}
