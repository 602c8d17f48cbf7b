import { afterAll, describe, expect, test } from 'vitest'
import { type ToolNecessityOptions, toolNecessity } from '../../../checks/judges/tool-necessity.ts'
import { promptFrom } from '../../../prompts/prompt.ts'
import { keepImage } from '../../../store/images.ts'
import { python } from '../../../tools/python.ts'
import { checkConformance } from '../../conformance/check.ts'
import { png, trajectory } from '../../fixtures.ts'
import { smallJail } from '../../small-jail.ts'
import { call, completion } from '../../teachers/wire-server.ts'
import { type Heard, modelBench, type Say } from '../judging.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

const says = (answer: string) => `It is so.\n<answer>${answer}</answer>`
const equipped = ({ tools }: Heard) => tools.includes('python')

/** Measures with Python where it has it; without it knows the answer in the first so many tries. */
const student = (knows: number): Say => {
  let alone = 0
  return heard => {
    if (!equipped(heard)) return says(alone++ < knows ? '8' : '9')
    const width = /result:\n(\d+)/.exec(heard.results)?.[1]
    if (width) return says(width)
    return { body: completion({ content: 'I measure it.', tool_calls: [call('a', 'image_1.width')] }) }
  }
}

/** A task whose picture is 8 pixels wide, in the bench's own store. */
async function withTask(
  say: Say,
  work: (bench: Awaited<ReturnType<typeof modelBench>>, row: ReturnType<typeof trajectory>) => Promise<void>,
) {
  await using bench = await modelBench(say, { tools: [python()], sandbox })
  const picture = await keepImage(bench.store, await png(8))
  const base = trajectory()
  await work(bench, { ...base, task: { ...base.task, images: [picture] } })
}

describe('tool_necessity', () => {
  // The failing one is a task that anyone can answer.
  const say: Say = heard => (heard.text.includes('sky') ? says('blue') : student(0)(heard, 0))
  checkConformance(async use =>
    withTask(say, async (bench, passing) => {
      const check = toolNecessity({ student: bench.model('student'), k: 2 })
      const easy = { question: 'Which colour has the sky?', answer: 'blue', answerType: 'text' as const }
      const failing = { ...passing, task: { ...passing.task, ...easy } }
      await use({ check, context: bench.context, passing, failing })
    }),
  )
})

test.each<[string, number, Partial<ToolNecessityOptions>, object]>([
  [
    'it never knows without',
    0,
    {},
    { passed: true, data: { k: 4, without: 0, with: 4, gain: { estimate: 1 } } },
  ],
  ['it knows once of four', 1, {}, { passed: true, data: { without: 1, gain: { estimate: 0.75 } } }],
  ['it knows twice of four', 2, {}, { reason: 'solvable_without', data: { without: 2, with: 4 } }],
  ['twice is not too much', 2, { most: 2 }, { passed: true }],
  ['it gains less than is asked', 1, { gain: 0.8 }, { reason: 'no_gain' }],
  ['it gains what is asked', 1, { gain: 0.75 }, { passed: true }],
])('%s', (_, knows, options, expected) =>
  withTask(student(knows), async (bench, row) => {
    const check = toolNecessity({ student: bench.model('student'), ...options })
    expect(await check.measure(row, bench.context)).toMatchObject(expected)
  }),
)

test('the gain comes with an interval that says how little few tries tell', () =>
  withTask(student(1), async (bench, row) => {
    const { data, detail } = await toolNecessity({ student: bench.model('student'), k: 2, most: 1 }).measure(
      row,
      bench.context,
    )
    // By hand from Wilson's bounds 0.0945 and 0.9055 of 1 of 2, and 0.3424 and 1 of 2 of 2.
    expect(data?.gain).toEqual({ estimate: 0.5, low: -0.2726, high: 0.9055 })
    expect(detail).toMatch(
      /^right 1 of 2 without tools, 2 of 2 with; gain 0\.5 \(95 % of the time between -?0\.\d+/,
    )
  }))

test('without tools it is offered none, sees the image, and is told nothing of tools that it lacks', () =>
  withTask(student(0), async (bench, row) => {
    await toolNecessity({ student: bench.model('student'), k: 1 }).measure(row, bench.context)
    const [alone, ...others] = bench.heard
    expect(alone).toMatchObject({ tools: [], images: 1 })
    expect(alone?.system).toMatch(/You have no tools/)
    expect(alone?.system).not.toMatch(/tool call|python/i)
    expect(others.map(({ tools }) => tools)).toEqual([['python'], ['python']])
  }))

test('a try that ends without an answer is not right', () =>
  withTask(
    () => 'I cannot tell.',
    async (bench, row) => {
      expect(
        await toolNecessity({ student: bench.model('student'), k: 2 }).measure(row, bench.context),
      ).toMatchObject({ passed: true, data: { without: 0, with: 0, gain: { estimate: 0 } } })
    },
  ))

test('a try that the provider fails is no try: nothing is measured, and what was answered is not asked again', () => {
  let broken = true
  const say: Say = (heard, number) =>
    broken && number === 2 ? { status: 400, body: { error: { message: 'odd' } } } : student(0)(heard, number)
  return withTask(say, async (bench, row) => {
    const check = toolNecessity({ student: bench.model('student'), k: 2 })
    await expect(check.measure(row, bench.context)).rejects.toThrow(/odd/)
    broken = false
    await check.measure(row, bench.context)
    // Two without, two of two turns each with, and the one that failed.
    expect(bench.heard).toHaveLength(7)
  })
})

test('what a student says in other words is judged where judges are named, and wrong where none are', () => {
  const say: Say = heard => {
    if (heard.model === 'judge') return heard.verdict('same')
    return says(heard.system.includes('You have no tools') ? 'the Big Apple' : 'New York City')
  }
  return withTask(say, async (bench, base) => {
    const city = { question: 'Which city?', answer: 'New York City', answerType: 'text' as const }
    const row = { ...base, task: { ...base.task, ...city } }
    const student = bench.model('student')
    const judged = toolNecessity({ student, judges: { models: [bench.model('judge')] } })
    expect(await judged.measure(row, bench.context)).toMatchObject({
      reason: 'solvable_without',
      data: { without: 4, with: 4 },
    })
    expect(await toolNecessity({ student }).measure(row, bench.context)).toMatchObject({
      passed: true,
      data: { without: 0, with: 4 },
    })
    expect(bench.heard.filter(({ model }) => model === 'judge')).toHaveLength(1)
  })
})

test('a number of tries that is none, and a prompt with blanks, are refused in one line', () => {
  const never = { name: 'never', options: {}, samples: 1, ask: () => Promise.reject(new Error()) }
  expect(() => toolNecessity({ student: never, k: 0 })).toThrow(
    /^toolNecessity: k is 0; give a whole number from 1/,
  )
  const system = promptFrom('mine', 'About {{topic}}.')
  expect(() => toolNecessity({ student: never, system })).toThrow('prompt mine needs a value for topic')
})
