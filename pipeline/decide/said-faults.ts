import type { ExportRow } from '../../output/export.ts'
import { isObject } from '../../schemas/json.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { wordsInCommon } from '../ask/kinds-of-fault.ts'
import { grouped } from './funnel.ts'

/** What was said of faults of one kind, in the words of the first, and of how many rollouts. */
export interface SaidFault {
  message: string
  count: number
}

/** Counts rollouts that failed, or came to an end by an error, by what was said of that. */
export function saidCounter() {
  const kinds = grouped((): SaidFault => ({ message: '', count: 0 }))
  return {
    add({ measured: { trajectory } }: ExportRow) {
      const said = saidOf(trajectory)
      if (said === undefined) return
      const kind = kinds.of(wordsInCommon(said))
      kind.message ||= said
      kind.count++
    },
    counted: (): SaidFault[] => Object.values(kinds.all()).sort((a, b) => b.count - a.count),
  }
}

function saidOf({ outcome, turns }: Trajectory): string | undefined {
  if (outcome.kind === 'failed') return outcome.message
  const raw = turns.at(-1)?.reply.raw
  const said = isObject(raw) ? (raw.refused ?? raw.broken) : undefined
  return typeof said === 'string' ? said : undefined
}
