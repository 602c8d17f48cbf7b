import type { ExportRow } from '../../output/export.ts'
import { dropName } from '../../schemas/drop.ts'
import { type Fault, plantedFault } from '../../teachers/program/faults.ts'

export interface Planted {
  fault: Fault
  /** How many were planted. */
  count: number
  /** What became of the rollouts they were planted in: `kept`, or stage and reason of the drop. */
  became: Record<string, number>
}

/** Count what a program teacher planted, from the label that its own replies carry. */
export function plantedCounter() {
  const seen = new Map<Fault, Planted>()

  function count(fault: Fault, fate: string) {
    const planted = seen.get(fault) ?? { fault, count: 0, became: {} }
    seen.set(fault, planted)
    planted.count++
    planted.became[fate] = (planted.became[fate] ?? 0) + 1
  }

  return {
    add({ measured: { trajectory }, verdict }: ExportRow) {
      const fate = verdict.keep ? 'kept' : dropName(verdict)
      for (const { reply } of trajectory.turns) {
        const fault = plantedFault(reply.raw)
        if (fault) count(fault, fate)
      }
    },
    counted: () => [...seen.values()].sort((a, b) => b.count - a.count || (a.fault < b.fault ? -1 : 1)),
  }
}
