import { factory, noOptions } from '../schemas/options.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import { excerpt } from '../words/excerpt.ts'
import { Check, fail, type Measurement, pass } from './check.ts'
import { concluded, isAnother } from './reading/conclusion.ts'
import { untrueEquations } from './reading/equations.ts'
import { ofMarkedAnswer } from './reading/marked-answer.ts'
import { type TurnRead, turnsRead } from './reading/turns-read.ts'

/**
 * What the model says agrees with itself. Plain equations are true, and the last thought concludes what is answered.
 * Skywork-R1V4 drops trajectories whose answer does not fit.
 *
 * It cannot see: conclusions in other words than "the answer is …"; whether thoughts agree with what calls gave, which
 * the signals `misquoted` and `blank_picture` guess at and `consistencyJudge` judges; other languages.
 */
export const consistency = factory(Check, 'consistency', noOptions, () => ({
  name: 'consistency',
  version: 5,
  options: {},
  async measure(trajectory) {
    const steps = turnsRead(trajectory)
    const problem = steps.map(step => untrue(step, trajectory)).find(each => each !== null)
    return problem ?? ofMarkedAnswer(trajectory, differs(trajectory, steps.at(-1)) ?? pass())
  },
}))

function untrue({ thought, turn }: TurnRead, { task }: Trajectory): Measurement | null {
  const [equation] = untrueEquations(thought, task.question)
  return equation === undefined ? null : fail('untrue_equation', `turn ${turn}: ${equation}`)
}

function differs({ outcome, task }: Trajectory, last: TurnRead | undefined): Measurement | null {
  if (outcome.kind !== 'answered' || !last) return null
  const conclusion = concluded(last.thought)
  if (conclusion === null || !isAnother(conclusion, outcome.answer, task)) return null
  return fail(
    'answer_differs',
    `the last thought says ${excerpt(conclusion)}, the answer is ${excerpt(outcome.answer)}`,
  )
}
