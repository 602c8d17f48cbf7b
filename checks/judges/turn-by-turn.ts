import type { Part } from '../../schemas/task.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { type Check, pass } from '../check.ts'
import { type Issue, openPanel, type PanelOptions } from './panel.ts'

/** A turn, by its number from 1, and what judges are shown of it. */
export interface TurnCase {
  turn: number
  material: Part[]
}

/** A check that puts one case after the other to a panel, up to the first that is not accepted. */
export function turnByTurn(
  panel: PanelOptions,
  issue: Issue,
  casesIn: (trajectory: Trajectory) => TurnCase[],
): Check {
  const { models, options, judge } = openPanel(panel, issue)
  return {
    name: issue.check,
    version: 1,
    options,
    models,
    async measure(trajectory, context) {
      const cases = casesIn(trajectory)
      for (const { turn, material } of cases) {
        const judged = await judge(material, context)
        const { passed, detail, data } = judged
        if (!passed) return { ...judged, detail: `turn ${turn}: ${detail}`, data: { turn, ...data } }
      }
      return pass(`all of ${cases.length}`, { steps: cases.length })
    },
  }
}
