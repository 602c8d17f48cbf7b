import { charts } from '../../examples/demo/charts.ts'
import { drawings } from '../../examples/demo/drawings.ts'
import { factbookCorpus, flags } from '../../examples/demo/flags.ts'
import type { TaskDraft, TaskSource } from '../../tasks/source.ts'
import type { TextCorpus } from '../../tools/corpus/text-corpus.ts'
import { dots } from './families/dots.ts'
import { airportCorpus, signs } from './families/signs.ts'
import type { Wording } from './fault.ts'

/** Tasks that belong together, with a seed of their own. */
export interface Part {
  name: 'tuning' | 'seen' | 'held-out'
  tasks: TaskSource[]
  /** In whose words faults are planted. */
  wording: Wording
  /** What a text search finds. */
  texts(place: { path: string }): Promise<TextCorpus>
}

const chartsSeen = /^(?:co2-|wheat|monarchs|flights-|us-employment|iowa-|seattle-)/

/**
 * Three parts of `count` tasks each. Checks are mended by looking at what they miss of `tuning`; `seen` was held out once,
 * until checks were mended by it. `held-out` only says how good they are: it has families, a corpus, a seed and wordings of
 * its own; the wordings that it had before are among the known ones. Whoever mends a check by what it shows gives it another
 * seed, and its words to the known ones for new ones.
 */
export function parts(count: number): Part[] {
  const third = Math.ceil(count / 3)
  const rest = count - 2 * third
  const [tuning, seen, heldOut] = [41, 977, 514229]
  const isSeen = ({ meta }: TaskDraft) => chartsSeen.test(String(meta?.table))
  return [
    {
      name: 'tuning',
      tasks: [
        only(flags({ seed: tuning, count: 4 * third }), ({ category }) => category === 'search', 2 * third),
        only(charts({ seed: tuning, count: 3 * third }), draft => !isSeen(draft), rest),
      ],
      wording: 'known',
      texts: factbookCorpus,
    },
    {
      name: 'seen',
      tasks: [
        drawings({ seed: seen, count: third }),
        only(flags({ seed: seen, count: 2 * third }), ({ category }) => category === 'integration', third),
        only(charts({ seed: seen, count: 6 * third }), isSeen, rest),
      ],
      wording: 'known',
      texts: factbookCorpus,
    },
    {
      name: 'held-out',
      tasks: [
        dots({ seed: heldOut, count: third }),
        signs({ seed: heldOut, count: third }),
        charts({ seed: heldOut, count: rest }),
      ],
      wording: 'other',
      texts: airportCorpus,
    },
  ]
}

function only(source: TaskSource, fits: (draft: TaskDraft) => boolean, most: number): TaskSource {
  return {
    ...source,
    options: { ...source.options, most },
    async *read() {
      let found = 0
      for await (const entry of source.read())
        if (!('problem' in entry) && fits(entry) && found++ < most) yield entry
    },
  }
}
