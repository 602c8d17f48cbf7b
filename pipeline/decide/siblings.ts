import { hashOf } from '../../schemas/hash.ts'
import type { Task } from '../../schemas/task.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import type { Teacher } from '../../teachers/teacher.ts'
import { type Plan, planned } from '../plan.ts'
import type { Run } from '../run.ts'

/**
 * A line for each teacher that gave the same replies, word for word, in all samples of a task: they are paid and worth
 * one.
 */
export async function identicalSiblings(plan: Plan, run: Run): Promise<string[]> {
  const { config, store } = run
  if (config.teachers.every(({ samples }) => samples === 1)) return []
  const seen = new Map<string, { same: number; tasks: number }>()
  for await (const { task, teacher, sample } of planned(plan, run)) {
    if (sample > 0 || teacher.samples === 1) continue
    const replies = await repliesOf(task, teacher, plan, store)
    if (replies === undefined) continue
    const { same, tasks } = seen.get(teacher.name) ?? { same: 0, tasks: 0 }
    seen.set(teacher.name, { same: same + (new Set(replies).size === 1 ? 1 : 0), tasks: tasks + 1 })
  }
  return [...seen].flatMap(([name, { same, tasks }]) =>
    same === 0
      ? []
      : [
          `${name} replied the same in every sample of ${same} of ${tasks} tasks; give it a \`temperature\` above 0 and no fixed seed, or \`samples: 1\``,
        ],
  )
}

/** What each sample replied, as hashes; undefined where one is missing or got no reply. */
async function repliesOf(
  task: Task,
  teacher: Teacher,
  plan: Plan,
  store: Store,
): Promise<string[] | undefined> {
  const replies: string[] = []
  for (let sample = 0; sample < teacher.samples; sample++) {
    const rollout = await store.get<Trajectory>('trajectories', plan.keyOf(task, teacher, sample))
    if (rollout === undefined || rollout.turns.length === 0) return undefined
    const said = rollout.turns.map(({ reply }) => [
      reply.text,
      reply.calls.map(call => [call.name, call.arguments]),
    ])
    replies.push(hashOf(said))
  }
  return replies
}
