import type { ExportRow } from '../../output/export.ts'
import { fileName, questionParts } from '../../output/pictures.ts'
import type { ComparedRow } from '../../pipeline/compare/compared-row.ts'
import { fateOf, verdictMaker } from '../../pipeline/compare/verdicts.ts'
import { usedBy } from '../../pipeline/spend/usage-cost.ts'
import { guard } from '../../prompts/markers.ts'
import { hashOf } from '../../schemas/hash.ts'
import { soundTrajectory } from '../../schemas/sound-trajectory.ts'
import { imagesIn } from '../../schemas/task.ts'
import type { Prices } from '../../teachers/prices.ts'

/** Rows of a run for a comparison, with texts as an export holds them, so that a run and an export can be compared. */
export function runRowMaker(prices: Prices): (row: ExportRow) => ComparedRow {
  const verdict = verdictMaker()
  return ({ measured, verdict: decision }) => {
    const trajectory = soundTrajectory(measured.trajectory)
    const { key, task, teacher, sample, outcome, turns } = trajectory
    const { text, json } = guard()
    const shown = imagesIn(questionParts(trajectory)).map(fileName)
    const [question, truth] = [text(task.question), text(task.answer)]
    const said = turns.map(({ reply }) => [
      text(reply.text),
      reply.calls.map(call => [text(call.name), json(call.arguments)]),
    ])
    return {
      ...{ key, task: text(task.id), teacher: teacher.name, sample, category: text(task.category), truth },
      asked: hashOf([question, task.choices?.map(text) ?? [], truth, shown]),
      answer: outcome.kind === 'answered' ? text(outcome.answer) : null,
      said: hashOf(said),
      verdict: verdict(fateOf(decision), !decision.keep && decision.undecided, measured.facts),
      detail: decision.keep ? '' : text(decision.detail),
      used: usedBy(trajectory, prices),
    }
  }
}
