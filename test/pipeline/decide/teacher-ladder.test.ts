import { afterAll, expect, test } from 'vitest'
import { answer } from '../../../checks/answer.ts'
import { type Check, fail, pass } from '../../../checks/check.ts'
import { passed } from '../../../filters/passed.ts'
import { deciding } from '../../../pipeline/decide/teacher-ladder.ts'
import type { Reply } from '../../../schemas/trajectory.ts'
import { ladder } from '../../../teachers/ladder.ts'
import { type Teacher, TeacherError } from '../../../teachers/teacher.ts'
import { smallJail } from '../../small-jail.ts'
import { says, scripted, tasks, withRun, wordsOf } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

type Script = (picture: number, sample: number) => Partial<Reply>

/** Answers by the number of the picture; the right answer is seven more. */
const teacher = (name: string, script: Script, changes: Partial<Teacher> = {}) =>
  scripted(asked => script(Number(/picture (\d)/.exec(wordsOf(asked))?.[1]), asked.sample), {
    name,
    ...changes,
  })

const right = (picture: number) => says(`${picture + 7}`)
const silent: Partial<Reply> = { text: 'I do not know.' }
const pictures = (each: ReturnType<typeof teacher>) =>
  each.asked.map(asked => Number(/picture (\d)/.exec(wordsOf(asked))?.[1])).toSorted()

const checks = [answer()]
const filters = [passed('answer')]

test('the strong one is asked only about what the cheap one failed', () => {
  const cheap = teacher('cheap', picture =>
    picture < 3 ? right(picture) : picture === 3 ? says('999') : silent,
  )
  const strong = teacher('strong', right)
  return withRun(
    { sandbox, teachers: ladder(cheap, strong), tasks: tasks(4), checks, filters },
    async run => {
      const { summary } = await run.run()
      expect(pictures(cheap)).toEqual([1, 2, 3, 4])
      expect(pictures(strong)).toEqual([3, 4])
      expect(summary).toMatchObject({ rows: 6, kept: 4 })
      await run.run()
      expect([cheap.asked.length, strong.asked.length]).toEqual([4, 2])
    },
  )
})

test('one right sample is enough, and a third rung is asked what both failed', () => {
  const cheap = teacher(
    'cheap',
    (picture, sample) => (picture === 1 && sample === 1 ? right(picture) : silent),
    { samples: 2 },
  )
  const middle = teacher('middle', picture => (picture === 2 ? right(picture) : silent))
  const strong = teacher('strong', right, { samples: 2 })
  const beside = teacher('beside', right)
  const teachers = [...ladder(cheap, middle, strong), beside]
  return withRun({ sandbox, teachers, tasks: tasks(3), checks, filters }, async run => {
    await run.run()
    expect(pictures(cheap)).toEqual([1, 1, 2, 2, 3, 3])
    expect(pictures(middle)).toEqual([2, 3])
    expect(pictures(strong)).toEqual([3, 3])
    expect(pictures(beside)).toEqual([1, 2, 3])
  })
})

test('a rollout that failed for other reasons decides nothing until it is settled', () => {
  let broken = true
  const cheap = teacher('cheap', picture => {
    if (broken && picture === 2) throw new TeacherError('overloaded', { fatal: false })
    return right(picture)
  })
  const strong = teacher('strong', right)
  return withRun(
    { sandbox, teachers: ladder(cheap, strong), tasks: tasks(2), checks, filters },
    async run => {
      await run.run()
      expect(strong.asked).toEqual([])
      broken = false
      await run.run()
      expect([cheap.asked.length, strong.asked.length]).toEqual([3, 0])
    },
  )
})

test('what a run of before bought of the strong one is not bought again, and is a row only where it was needed', () => {
  const cheap = teacher('cheap', picture => (picture === 1 ? right(picture) : silent))
  const strong = teacher('strong', right)
  return withRun({ sandbox, teachers: [cheap, strong], tasks: tasks(2), checks, filters }, async run => {
    await run.run()
    expect(await run.rows()).toHaveLength(4)
    await run.run({ teachers: ladder(cheap, strong) })
    expect([cheap.asked.length, strong.asked.length]).toEqual([2, 2])
    expect(await run.rows()).toHaveLength(3)
  })
})

test('a ladder that broke off between its rungs ends as one that did not', () => {
  let dies = true
  const cheap = teacher('cheap', picture => (picture === 1 ? right(picture) : silent))
  const strong = teacher('strong', picture => {
    if (dies) throw new Error('the process dies')
    return right(picture)
  })
  return withRun(
    { sandbox, teachers: ladder(cheap, strong), tasks: tasks(3), checks, filters },
    async run => {
      await expect(run.run()).rejects.toThrow('the process dies')
      dies = false
      strong.asked.length = 0
      await run.run()
      expect(cheap.asked).toHaveLength(3)
      expect(pictures(strong)).toEqual([2, 3])
    },
  )
})

const own = (name: string, changes: Partial<Check> = {}): Check => ({
  name,
  version: 1,
  options: {},
  measure: async () => pass(),
  ...changes,
})
const paid = own('paid', { settles: true, models: [scripted(() => says('yes'))] })

test.each<[string, Check[], string[]]>([
  ['one of one’s own that says so', [own('mine', { settles: true }), own('other')], ['mine']],
  ['not what is only called so', [own('answer')], []],
  [
    'the free ones, where there are any',
    [paid, answer(), own('mine', { settles: true })],
    ['answer', 'mine'],
  ],
  ['one that asks models, where there is no other', [paid, own('other')], ['paid']],
])('what is solved is said by %s', (_, given, names) => {
  expect(deciding({ checks: given }).map(({ name }) => name)).toEqual(names)
})

test('a check of one’s own settles what a stronger teacher is asked', () => {
  const cheap = teacher('cheap', () => says('7'))
  const strong = teacher('strong', right)
  const small = own('small', {
    settles: true,
    measure: async ({ task }) => (task.question.includes('picture 1') ? pass() : fail('large')),
  })
  const config = { teachers: ladder(cheap, strong), tasks: tasks(2), checks: [small], filters: [passed()] }
  return withRun({ sandbox, ...config }, async run => {
    await run.run()
    expect(pictures(strong)).toEqual([2])
  })
})

test('a ladder needs a check that says what is solved, and every rung below', () =>
  withRun({ sandbox, teachers: [teacher('a', right)] }, async run => {
    const [low, high] = [teacher('low', right), teacher('high', right)]
    await expect(run.run({ teachers: ladder(low, high), checks: [] })).rejects.toThrow(
      /a ladder needs a check that says what is solved; add answer\(\)/,
    )
    await expect(run.run({ teachers: ladder(low, high).slice(1), checks })).rejects.toThrow(
      /teachers: high comes after low, which is not a teacher below it/,
    )
    const round = [
      { ...low, after: 'high' },
      { ...high, after: 'low' },
    ]
    await expect(run.run({ teachers: round, checks })).rejects.toThrow(/comes after/)
    expect([low.asked, high.asked]).toEqual([[], []])
  }))
