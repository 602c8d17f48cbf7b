import { describe, expect, test } from 'vitest'
import { judge } from '../../checks/judges/judge.ts'
import { type DifficultyOptions, difficulty } from '../../screens/difficulty.ts'
import { python } from '../../tools/python.ts'
import { type Heard, modelBench, type Say } from '../checks/judging.ts'
import { screenConformance } from '../conformance/screen.ts'
import { trajectory } from '../fixtures.ts'

const { task } = trajectory()
const words = { ...task, images: [] }
const tools = [python()]
const says = (answer: string) => `It is so.\n<answer>${answer}</answer>`

/** Right so many times without tools, and so many times with them. */
function student(alone: number, helped: number): Say {
  const asked = { alone: 0, helped: 0 }
  return ({ tools }: Heard) => {
    const right = tools.length === 0 ? asked.alone++ < alone : asked.helped++ < helped
    return says(right ? '8' : '9')
  }
}

describe('difficulty', () => {
  screenConformance(async use => {
    await using bench = await modelBench(({ text }) => says(text.includes('easy') ? '8' : '9'))
    const screen = difficulty({ student: bench.model('student'), k: 2 })
    await use({ screen, context: bench.context, passing: words, dropped: { ...words, question: 'easy' } })
  })
})

const table: [alone: number, helped: number, Omit<DifficultyOptions, 'student'>, route: string][] = [
  [0, 0, {}, 'next'],
  [2, 0, {}, 'next'],
  [2, 1, {}, 'rl difficulty: solved_with_tools'],
  [0, 8, {}, 'rl difficulty: solved_with_tools'],
  [3, 8, {}, 'drop difficulty: too_easy'],
  [8, 0, {}, 'drop difficulty: too_easy'],
  [2, 2, { solvedFrom: 3 }, 'next'],
  [2, 3, { solvedFrom: 3 }, 'rl difficulty: solved_with_tools'],
  [1, 4, { k: 4 }, 'rl difficulty: solved_with_tools'],
  [2, 4, { k: 4 }, 'drop difficulty: too_easy'],
  [2, 4, { k: 4, most: 2 }, 'rl difficulty: solved_with_tools'],
  [0, 0, { unsolved: 'drop' }, 'drop difficulty: never_solved'],
]

test.each(table)(
  'right %i times alone and %i times with tools, %j: %s',
  async (alone, helped, options, way) => {
    await using bench = await modelBench(student(alone, helped), { tools })
    const screen = difficulty({ student: bench.model('student'), ...options })
    const screened = await screen.screen(words, bench.context)
    const { route } = screened
    expect('reason' in screened ? `${route} ${screen.name}: ${screened.reason}` : route).toBe(way)
  },
)

test('the student is asked k times without tools and k times with them, the second only where it is not too easy', async () => {
  for (const [alone, offered] of [
    [0, [[], [], ['python'], ['python']]],
    [2, [[], []]],
  ] as const) {
    await using bench = await modelBench(student(alone, 0), { tools })
    await difficulty({ student: bench.model('student'), k: 2 }).screen(words, bench.context)
    expect(bench.heard.map(({ tools }) => tools)).toEqual(offered)
    expect(bench.heard[0]?.system).toContain('You have no tools')
  }
})

test('pass@k is estimated without bias, with the interval of the share, for powers of two', async () => {
  await using bench = await modelBench(student(1, 4), { tools })
  const { data } = await difficulty({ student: bench.model('student') }).screen(words, bench.context)
  // Chen et al.: 1 - C(7, k) / C(8, k).
  expect(data).toMatchObject({
    unaided: {
      right: 1,
      of: 8,
      pass: {
        1: { estimate: 0.125, low: 0.0224, high: 0.4709 },
        2: { estimate: 0.25 },
        4: { estimate: 0.5 },
        8: { estimate: 1 },
      },
    },
    aided: { right: 4, of: 8, pass: { 1: { estimate: 0.5 } } },
    gain: { estimate: 0.375 },
  })
})

const city = { ...words, question: 'Which city?', answer: 'New York City', answerType: 'text' as const }

test('free text in other words is right where judges say so, each answer judged once, and wrong without them', async () => {
  // Without tools it is wrong in words, with them right in other words.
  const say: Say = ({ model, tools, text, verdict }) => {
    if (model === 'judge') return verdict(text.includes('Big Apple') ? 'same' : 'different')
    return says(tools.length === 0 ? 'Beantown' : 'the Big Apple')
  }
  await using bench = await modelBench(say, { tools })
  const asked = () => bench.heard.filter(({ model }) => model === 'judge').length
  const student = bench.model('student')
  const judges = { models: [bench.model('judge')] }
  const judged = difficulty({ student, k: 4, judges })
  expect(judged.models?.map(({ name }) => name)).toEqual(['student', 'judge'])
  expect(await judged.screen(city, bench.context)).toMatchObject({
    route: 'rl',
    data: { unaided: { right: 0, of: 4 }, aided: { right: 4, of: 4 } },
  })
  expect(asked()).toBe(2)
  // The same answers, as a check of the run's rows judges them.
  const { task: _, ...row } = trajectory({ outcome: { kind: 'answered', answer: 'the Big Apple' } })
  expect(await judge(judges).measure({ ...row, task: city }, bench.context)).toMatchObject({ passed: true })
  expect(asked()).toBe(2)
  expect(await difficulty({ student, k: 4 }).screen(city, bench.context)).toMatchObject({ route: 'next' })
  expect(bench.heard).toHaveLength(2 * 4 + 2)
})

test('another number of answers or another student is another screen, and nonsense is refused', async () => {
  await using bench = await modelBench(student(0, 0))
  const of = (options: Partial<DifficultyOptions> = {}) =>
    JSON.stringify(difficulty({ student: bench.model('a'), ...options }).options)
  const different = [of(), of({ k: 4 }), of({ most: 3 }), of({ solvedFrom: 2 }), of({ unsolved: 'drop' })]
  const others = [of({ student: bench.model('b') }), of({ judges: { models: [bench.model('c')] } })]
  expect(new Set([...different, ...others]).size).toBe(7)
  expect(() => of({ k: 0 })).toThrow(/^difficulty: k is 0; give a whole number from 1/)
  expect(() => of({ solvedFrom: 0 })).toThrow(/solvedFrom is 0/)
})

const plainly = (tools: readonly string[], text: string) =>
  `${tools.length > 0 ? 'With Python' : 'By eye'} I look at it: ${text}`

test('a student that writes no tags is sorted by what it can do, and what has no answer is counted', async () => {
  const routes = []
  for (const [alone, helped] of [
    ['The width is 8.', 'The width is 8.'],
    ['The width is 9.', 'So the answer is 8.'],
    ['I cannot tell.', 'The width is 9.'],
  ] as const) {
    await using bench = await modelBench(({ tools: t }) => plainly(t, t.length === 0 ? alone : helped), {
      tools,
    })
    const screened = await difficulty({ student: bench.model('student'), k: 2 }).screen(words, bench.context)
    routes.push([screened.route, screened.data.unaided, screened.data.aided])
  }
  const counted = (right: number, unanswered: number) => expect.objectContaining({ right, of: 2, unanswered })
  expect(routes).toEqual([
    ['drop', counted(2, 0), undefined],
    ['rl', counted(0, 0), counted(2, 0)],
    ['next', counted(0, 2), counted(0, 0)],
  ])
})

test('where rules find no answer, judges say whether the words hold the right one', async () => {
  const say: Say = ({ model, text, verdict }) =>
    model === 'judge'
      ? verdict(text.includes('Big Apple') ? 'same' : 'different')
      : 'Everybody calls it the Big Apple, and I would not argue'
  await using bench = await modelBench(say, { tools })
  const judges = { models: [bench.model('judge')] }
  const asked = difficulty({ student: bench.model('student'), k: 2, judges })
  expect(await asked.screen(city, bench.context)).toMatchObject({
    route: 'drop',
    data: { unaided: { right: 2, of: 2, unanswered: 0 } },
  })
  expect(
    await difficulty({ student: bench.model('student'), k: 2 }).screen(city, bench.context),
  ).toMatchObject({
    route: 'next',
    data: { unaided: { right: 0, of: 2, unanswered: 2 } },
  })
})

test('what was tried before words were kept is read again from the stored replies, and nobody is asked', async () => {
  await using bench = await modelBench(() => 'The width is 8.')
  const screen = difficulty({ student: bench.model('student'), k: 2 })
  const before = await screen.screen(words, bench.context)
  const asked = bench.heard.length
  for (const { key, value } of await Array.fromAsync(bench.store.scan<{ said?: string }>('attempts'))) {
    const { said, ...old } = value
    expect(said).toBe('The width is 8.')
    await bench.store.delete('attempts', key)
    await bench.store.put('attempts', key, old)
  }
  expect(await screen.screen(words, bench.context)).toEqual(before)
  expect(before).toMatchObject({ route: 'drop', reason: 'too_easy' })
  expect(bench.heard).toHaveLength(asked)
})
