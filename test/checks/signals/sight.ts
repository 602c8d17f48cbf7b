import { turnsRead } from '../../../checks/reading/turns-read.ts'
import type { Signal } from '../../../checks/signals/signal.ts'
import type { Task } from '../../../schemas/task.ts'
import type { Turn } from '../../../schemas/trajectory.ts'
import { noContext } from '../../check-context.ts'
import { answerTurn, reply, trajectory } from '../../fixtures.ts'

interface Said {
  turns?: Turn[]
  /** What the last turn says before its answer. */
  thought?: string
  answer?: string
  task?: Partial<Task>
}

/** The turn in which a signal is seen; null where it is not. */
export async function sight(signal: Signal, { turns = [], thought = '', answer = '8', task = {} }: Said) {
  const made = trajectory({
    turns: [
      ...turns,
      { ...answerTurn(answer), reply: reply({ text: `${thought}\n<answer>${answer}</answer>` }) },
    ],
    outcome: { kind: 'answered', answer },
  })
  const asked = { ...made, task: { ...made.task, ...task } }
  const seen = await signal.find({ trajectory: asked, steps: turnsRead(asked) }, noContext)
  return seen?.turn ?? null
}
