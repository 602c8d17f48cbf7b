import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Stats } from '../../cli/numbers/stats.ts'
import { faults } from '../../teachers/program/faults.ts'
import { temporaryFolder } from '../fixtures.ts'
import { reading } from '../readers.ts'
import { judgedAgain, judgedThen } from '../rollouts/judged-again.ts'
import faulty from './faulty.config.ts'
import { runConfig } from './run.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let stats: Stats

beforeAll(async () => {
  folder = await temporaryFolder()
  stats = await runConfig('test/examples/faulty.config.ts', { RUNS: folder.path })
})
afterAll(() => folder[Symbol.asyncDispose]())

/** What each planted fault may lead to. What a teacher recovers from may also be kept. */
const fatal: Record<string, RegExp> = {
  wrong_answer: /^passed\/(answer|thought|no_op)/,
  comment_only_code: /^(passed|synthesize)\//,
  truncated: /^synthesize\/unsolved_length$/,
  empty: /^synthesize\/unsolved_empty$/,
  endless_turns: /^synthesize\/unsolved_turns$/,
}

test('every fault that the program plants is accounted for, and none of the fatal ones is kept', () => {
  const { planted, funnel } = stats
  expect(planted.map(({ fault }) => fault).sort()).toEqual([...faults].sort())
  for (const { fault, count, became } of planted) {
    expect(Object.values(became).reduce((sum, n) => sum + n, 0)).toBe(count)
    const wanted = fatal[fault]
    if (wanted) for (const fate of Object.keys(became)) expect(fate, fault).toMatch(wanted)
  }
  expect(funnel.kept).toBeGreaterThan(0)
  expect(Object.keys(funnel.categories).sort()).toEqual(['integration', 'perception', 'reasoning', 'search'])
  expect(funnel.kept + funnel.dropped.reduce((sum, { count }) => sum + count, 0)).toBe(funnel.rollouts)
})

test('the export alone, read back, gives every row, kept and dropped, the same facts and reasons', async () => {
  const run = join(folder.path, 'faulty')
  const [then, again] = [await judgedThen(run), await judgedAgain(run, faulty)]
  expect(Object.keys(again)).toHaveLength(stats.funnel.rollouts)
  expect(again).toEqual(then)
})

interface Asked {
  answers: Record<string, unknown[][]>
  /** Keys of rows that do not lie where the tables say. */
  misplaced: string[]
  placed: number
  held: [rows: number, images: number]
  /** As polars and as pandas count them. */
  lines: Record<string, [number, number]>
  /** Whether each row says of how many its task is tried. */
  tries: boolean
}

const exported = () => join(folder.path, 'faulty/export')

let answered: Promise<Asked> | undefined
const askedInSql = () => {
  answered ??= reading(
    'newest',
    'table_questions.py',
    exported(),
    join(import.meta.dirname, '../../docs/tables.md'),
  )
  return answered
}

test('each question of an auditor is a statement over the tables, which lead to every row', async () => {
  const { funnel } = stats
  const asked = await askedInSql()
  const answers = Object.values(asked.answers)
  expect(answers).toHaveLength(13)
  const [dropped, tools, , cost, , turns, trajectory, , origin, licences, failures, , regions] = answers
  const counted = (lines: unknown[][] = []) => lines.reduce((sum, line) => sum + Number(line[1]), 0)
  expect(dropped).toHaveLength(20)
  expect(counted(turns)).toBe(funnel.rollouts)
  expect(counted(licences)).toBe(funnel.kept)
  expect(counted(tools)).toBe(asked.lines.calls?.[0])
  expect(tools?.map(([tool]) => tool)).toContain('python')
  expect(cost).toEqual([[0, 0]])
  expect(failures?.map(([check]) => check)).toContain('answer')
  expect(trajectory?.length).toBeGreaterThan(0)
  expect(origin).toHaveLength(1)
  expect(regions?.some(([picture]) => picture !== null)).toBe(true)
  expect(regions?.map(([picture]) => picture === null)).toEqual(regions?.map(([, box]) => box === null))
  expect(asked).toMatchObject({ misplaced: [], placed: asked.held[0], tries: true })
  expect(asked.lines).toMatchObject({
    rows: [funnel.rollouts, funnel.rollouts],
    images: [asked.held[1], asked.held[1]],
  })
})

interface Notebook {
  /** Whether the file holds no outputs of an earlier run. */
  stripped: boolean
  /** Lines by the number of the question. */
  answers: Record<string, unknown[][]>
  plots: number
  complaints: string[]
}

test('the notebook answers the same questions with plots, as the statements of the document do', async () => {
  const notebook = join(import.meta.dirname, '../../notebooks/audit.ipynb')
  const [seen, { answers }] = await Promise.all([
    reading<Notebook>('notebook', 'run_notebook.py', notebook, exported()),
    askedInSql(),
  ])
  expect(seen).toMatchObject({ stripped: true, complaints: [] })
  expect(seen.plots).toBeGreaterThanOrEqual(7)
  expect(Object.keys(seen.answers)).toEqual(Array.from({ length: 13 }, (_, index) => `${index + 1}`))
  for (const [number, lines] of Object.entries(seen.answers)) expect(lines.length, number).toBeGreaterThan(0)
  const inSql = Object.values(answers)
  for (const number of [2, 6, 10, 11, 13])
    expect(inAnyOrder(seen.answers[number]), `question ${number}`).toEqual(inAnyOrder(inSql[number - 1]))
})

/** Lines with shares as precise as JSON of pandas has them. */
const inAnyOrder = (lines: unknown[][] = []) =>
  lines
    .map(line =>
      JSON.stringify(line.map(each => (typeof each === 'number' ? Number(each.toFixed(9)) : each))),
    )
    .sort()
