import { charts } from '../../examples/demo/charts.ts'
import { drawings } from '../../examples/demo/drawings.ts'
import { factbookCorpus, flags } from '../../examples/demo/flags.ts'
import type { TaskSource } from '../../tasks/source.ts'
import type { TextCorpus } from '../../tools/corpus/text-corpus.ts'
import { dots } from './families/dots.ts'
import { airportCorpus, signs } from './families/signs.ts'

/** Tasks that belong together, with a seed of their own. */
export interface Part {
  name: 'mended' | 'held-out'
  tasks: TaskSource[]
  /** What a text search finds. */
  texts(place: { path: string }): Promise<TextCorpus>
}

/**
 * Two parts of `count` tasks each. Checks are mended by looking at what they miss of `mended`; `held-out` only says how
 * good they are: it has families, a corpus and a seed of its own. Whoever mends a check by what it shows gives it another
 * seed.
 */
export function parts(count: number): Part[] {
  const third = Math.ceil(count / 3)
  const rest = count - 2 * third
  const [mended, heldOut] = [41, 3_524_578]
  return [
    {
      name: 'mended',
      tasks: [
        flags({ seed: mended, count: third }),
        drawings({ seed: mended, count: third }),
        charts({ seed: mended, count: rest }),
      ],
      texts: factbookCorpus,
    },
    {
      name: 'held-out',
      tasks: [
        dots({ seed: heldOut, count: third }),
        signs({ seed: heldOut, count: third }),
        charts({ seed: heldOut, count: rest }),
      ],
      texts: airportCorpus,
    },
  ]
}
