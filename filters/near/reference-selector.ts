import { sketchOf } from '../../images/near-pictures.ts'
import { sha256 } from '../../schemas/hash.ts'
import { InputError } from '../../schemas/input-error.ts'
import type { Task } from '../../schemas/task.ts'
import { readFor } from '../../store/errors.ts'
import { imageBytes } from '../../tasks/image-values.ts'
import type { TaskDraft } from '../../tasks/source.ts'
import type { Measured } from '../filter.ts'
import type { Rejection, RowGround, Workspace } from '../selector.ts'
import { type Benchmarks, questionsOf } from './benchmark.ts'
import type { Questions } from './questions.ts'
import { type Asked, type Match, type Reference, reference } from './reference.ts'

interface Comparison {
  benchmarks?: Benchmarks | undefined
  /** Also compare with the run's own pool for reinforcement learning. */
  pool?: boolean
  questions: Questions
  /** Why a row goes. */
  rejection(match: Match): Omit<Rejection, 'key'>
}

/** What a benchmark had in common with the rows. */
interface Tally {
  questions: number
  byImage: number
  byQuestion: number
  examples: string[]
}

const shownExamples = 5
const poolName = 'the pool for reinforcement learning'

/** Reject the rows that have an image or a question in common with the benchmarks, and report on each of these. */
export async function* against(
  rows: AsyncIterable<Measured>,
  workspace: Workspace,
  { benchmarks, pool = false, questions, rejection }: Comparison,
): AsyncIterable<Rejection> {
  const known = reference(workspace, questions)
  const tallies = benchmarks ? await learn(known, benchmarks) : new Map<string, Tally>()
  if (pool) await learnPool(known, tallies, workspace)
  let compared = 0
  for await (const { trajectory } of rows) {
    compared++
    const match = await known.find(askedBy(trajectory.task, workspace))
    if (!match) continue
    count(tallies.get(match.set), match, trajectory.task.id)
    yield { key: trajectory.key, ...rejection(match) }
  }
  for (const [about, { questions, byImage, byQuestion, examples }] of tallies)
    workspace.note({
      about,
      counts: {
        questions,
        compared,
        removed: byImage + byQuestion,
        by_image: byImage,
        by_question: byQuestion,
      },
      examples,
    })
}

/** Sketch the pictures of a row, before they are looked for. */
export async function sketchPictures({ trajectory }: Measured, ground: RowGround): Promise<void> {
  for (const picture of askedBy(trajectory.task, ground).pictures) await sketchOf(picture, ground)
}

async function learn(known: Reference, benchmarks: Benchmarks): Promise<Map<string, Tally>> {
  const tallies = new Map<string, Tally>()
  for await (const { benchmark, draft } of questionsOf(benchmarks)) {
    tallyOf(tallies, benchmark).questions++
    await known.add(benchmark, await askedIn(draft)).catch(error => {
      const [line] = String(error instanceof Error ? error.message : error).split('\n')
      throw new InputError([`benchmark ${benchmark}: ${draft.place}: its image cannot be read (${line})`])
    })
  }
  return tallies
}

async function learnPool(known: Reference, tallies: Map<string, Tally>, workspace: Workspace) {
  for await (const task of workspace.pool()) {
    tallyOf(tallies, poolName).questions++
    await known.add(poolName, askedBy(task, workspace))
  }
}

function tallyOf(tallies: Map<string, Tally>, about: string): Tally {
  const tally = tallies.get(about) ?? { questions: 0, byImage: 0, byQuestion: 0, examples: [] }
  tallies.set(about, tally)
  return tally
}

async function askedIn({ question, images }: TaskDraft): Promise<Asked> {
  const all = await Promise.all(images.map(imageBytes))
  return { question, pictures: all.map(bytes => ({ sha256: sha256(bytes), bytes: async () => bytes })) }
}

/** A task as a reference compares it. */
export const askedBy = ({ id, question, images }: Task, { bytes }: Pick<Workspace, 'bytes'>): Asked => ({
  question,
  pictures: images.map(image => ({ sha256: image.sha256, bytes: () => readFor(id, bytes(image)) })),
})

function count(tally: Tally | undefined, { by }: Match, task: string) {
  if (!tally) return
  if (by === 'image') tally.byImage++
  else tally.byQuestion++
  if (tally.examples.length < shownExamples && !tally.examples.includes(task)) tally.examples.push(task)
}
