import { isRight } from '../../../../answers/compare.ts'
import { sessionOptions } from '../../../../pipeline/rollout/tool-contexts.ts'
import type { Sandbox } from '../../../../sandbox/sandbox.ts'
import { keepImage } from '../../../../store/images.ts'
import { openSqliteStore } from '../../../../store/sqlite.ts'
import type { TaskDraft, TaskSource } from '../../../../tasks/source.ts'
import type { SeenStep, Skill, Step } from '../../../../teachers/program/skill.ts'
import { python } from '../../../../tools/python.ts'
import { temporaryFolder } from '../../../fixtures.ts'

/** What a skill did with a task: its calls with what came back, and how it ended. */
export interface Solved {
  steps: SeenStep[]
  end: Step
  right: boolean
}

/** Let a skill work on a task in a real session, through the tool a teacher calls. */
export async function solve(skill: Skill, task: TaskDraft, sandbox: Sandbox): Promise<Solved> {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  const bytes = task.images.flatMap(image => ('bytes' in image ? [image.bytes] : []))
  const images = await Promise.all(bytes.map(each => keepImage(store, each)))
  await using session = await sandbox.open(await sessionOptions(images, store))
  const context = {
    session: async () => session,
    images,
    keep: (shown: Uint8Array) => keepImage(store, shown),
    bytes: () => Promise.reject(new Error('no tool needs them here')),
    consult: () => Promise.reject(new Error('no tool asks a service here')),
    signal: new AbortController().signal,
  }
  const tool = python()
  const steps: SeenStep[] = []
  for (;;) {
    const seen = { question: task.question, images: images.length, tools: [tool.name], steps }
    const step = skill.next(seen)
    if (step.kind !== 'call' || steps.length > 8) return { steps, end: step, right: endsRight(step, task) }
    const { parts } = await tool.run(step.arguments, context)
    const text = parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n')
    steps.push({ name: step.name, arguments: step.arguments, text })
  }
}

const endsRight = (step: Step, task: TaskDraft) => step.kind === 'answer' && isRight(step.answer, task)

/** The first tasks of a source that a skill takes on. */
export async function tasksFor(skill: Skill, source: TaskSource, count: number): Promise<TaskDraft[]> {
  const tasks: TaskDraft[] = []
  for await (const task of source.read()) {
    if ('question' in task && skill.fits(task.question)) tasks.push(task)
    if (tasks.length === count) break
  }
  return tasks
}

/** How a skill ended on each task that it did not get right. */
export async function mistakes(skill: Skill, tasks: TaskDraft[], sandbox: Sandbox): Promise<string[]> {
  const wrong: string[] = []
  for (const task of tasks) {
    const { end, right } = await solve(skill, task, sandbox)
    if (!right) wrong.push(`${task.id} ${task.question} (${task.answer}): ${JSON.stringify(end)}`)
  }
  return wrong
}
