import { charts } from '../../examples/demo/charts.ts'
import { drawings } from '../../examples/demo/drawings.ts'
import { flags } from '../../examples/demo/flags.ts'
import type { TaskDraft, TaskSource } from '../../tasks/source.ts'

/** Tasks that belong together: a seed of their own, and families that no other part has. */
export interface Part {
  name: string
  tasks: TaskSource[]
}

const chartsHeldOut = /^(?:co2-|wheat|monarchs|flights-|us-employment|iowa-|seattle-)/

/**
 * Two parts of `count` tasks each. Checks may be mended by looking at what they miss of `tuning`; `held-out` only says how
 * good they are. It has all drawings, the flags that are to be reckoned with, and charts of other tables.
 */
export function parts(count: number): Part[] {
  const third = Math.ceil(count / 3)
  const [tuning, heldOut] = [41, 977]
  const isHeldOut = ({ meta }: TaskDraft) => chartsHeldOut.test(String(meta?.table))
  return [
    {
      name: 'tuning',
      tasks: [
        only(flags({ seed: tuning, count: 4 * third }), ({ category }) => category === 'search', 2 * third),
        only(charts({ seed: tuning, count: 3 * third }), draft => !isHeldOut(draft), count - 2 * third),
      ],
    },
    {
      name: 'held-out',
      tasks: [
        drawings({ seed: heldOut, count: third }),
        only(flags({ seed: heldOut, count: 2 * third }), ({ category }) => category === 'integration', third),
        only(charts({ seed: heldOut, count: 6 * third }), isHeldOut, count - 2 * third),
      ],
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
