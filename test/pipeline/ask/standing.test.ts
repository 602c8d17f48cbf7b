import { expect, test } from 'vitest'
import { teacherAdapter } from '../../../pipeline/ask/ask-teacher.ts'
import { asker, type Means, tries } from '../../../pipeline/ask/asker.ts'
import { openSqliteStore } from '../../../store/sqlite.ts'
import type { Store } from '../../../store/store.ts'
import { type Failure, type Teacher, TeacherError } from '../../../teachers/teacher.ts'
import { question } from '../../conformance/teacher.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { virtualClock } from '../../virtual-clock.ts'
import { scripted } from '../scripted.ts'

const { signal } = new AbortController()

const fails = (failure: Partial<Failure>, message = 'teacher x: no') => {
  throw new TeacherError(message, { fatal: false, ...failure })
}

/** Asks question after question by the same means; gives what came of each: a text, or an error. */
function asking(teacher: Teacher, means: Means = {}) {
  const ask = tries({ backoff: 1, ...means })
  let sample = 0
  return async (): Promise<string | TeacherError> => {
    const inquiry = teacherAdapter().inquiryOf(teacher, question({ sample: sample++ }))
    return ask(inquiry, signal).then(
      ({ text }) => text,
      (error: TeacherError) => error,
    )
  }
}

/** A teacher whose calls end as they are told, one after another. */
const playing = (...plays: (Partial<Failure> | string)[]) =>
  scripted(() => {
    const play = plays.shift() ?? 'answered'
    return typeof play === 'string' ? { text: play } : fails(play)
  })

const key = { fatal: true, doubtful: 'place' } as const

test('a refused key stops the run only where it was never taken', async () => {
  expect(await asking(playing(key))()).toMatchObject({ fatal: true })
  const next = asking(playing('answered', key, 'answered'))
  expect([await next(), await next(), await next()]).toEqual([
    'answered',
    expect.objectContaining({ fatal: false, message: 'teacher x: no' }),
    'answered',
  ])
})

test('whoever refuses a text has taken the key', async () => {
  const next = asking(playing({ stop: 'content_filter' }, key))
  expect([await next(), await next()]).toMatchObject([{ stop: 'content_filter' }, { fatal: false }])
})

test('a key that was taken and is refused twenty times in a row stops the run after all', async () => {
  const next = asking(playing('answered', ...Array(20).fill(key)))
  await next()
  for (let count = 1; count < 20; count++) expect(await next()).toMatchObject({ fatal: false })
  expect(await next()).toMatchObject({
    fatal: true,
    message: 'teacher x: no; 20 requests in a row came to that',
  })
})

/** How many questions fail before the run stops; at most ten are asked. */
async function failuresBeforeStop(plays: (Partial<Failure> | string)[], means: Means = {}) {
  const next = asking(playing(...plays), means)
  for (let count = 1; count <= 10; count++) {
    const came = await next()
    if (came instanceof TeacherError && came.fatal) return count
  }
  return 'never'
}

const ten = (failure: Partial<Failure>) => Array(10).fill(failure)

test.each([
  ['refused for good', ten({}), {}, 5],
  ['too long', ten({ stop: 'length' }), {}, 5],
  ['broken, with all its tries', Array(50).fill({ transient: true }), {}, 5],
  ['filtered', ten({ stop: 'content_filter' }), {}, 'never'],
  ['refused for good after an answer', ['answered', ...ten({})], {}, 'never'],
  ['refused for good in a run that had answers before', ten({}), { fresh: false }, 'never'],
] as const)('what is %s for every first question stops the run: %#', async (_, plays, means, expected) => {
  expect(await failuresBeforeStop([...plays], means)).toBe(expected)
})

test('an endpoint that fails alike is given up for the other one', async () => {
  const bad = scripted(() => fails({}))
  const good = scripted(() => ({ text: 'good' }))
  const endpoints = [
    { ...bad, name: 'x (A)' },
    { ...good, name: 'x (B)' },
  ]
  const warnings: string[] = []
  const next = asking(
    scripted(() => ({}), { endpoints }),
    { warn: line => warnings.push(line) },
  )
  const came = []
  for (let count = 0; count < 20; count++) came.push(await next())
  expect(came.filter(each => each instanceof TeacherError).length).toBeLessThan(5)
  expect(came.slice(-5)).toEqual(Array(5).fill('good'))
  expect(warnings.at(-1)).toMatch(/going on with 1 of 2/)
})

/** A server that answers once, is away for so many minutes of a virtual clock, and answers again. */
function leaving(minutes: number, failure: Partial<Failure>) {
  const clock = virtualClock()
  let asked = 0
  const teacher = scripted(() => {
    const away = asked++ > 0 && clock.now() < minutes * 60_000
    return away ? fails(failure) : { text: 'answered' }
  })
  const warnings: string[] = []
  return { next: asking(teacher, { clock, warn: line => warnings.push(line) }), warnings, teacher, clock }
}

const absences: [string, Partial<Failure>][] = [
  ['where nobody listens', { fatal: true, transient: true }],
  ['behind a gateway', { transient: true, gone: true }],
]

test.each(absences)('a server that answered is waited for, %s', async (_, failure) => {
  const { next, warnings, teacher } = leaving(9, failure)
  expect([await next(), await next(), await next()]).toEqual(['answered', 'answered', 'answered'])
  expect(warnings).toEqual(['teacher x: no; it answered before, so it is waited for, up to 10 minutes'])
  expect(teacher.asked.length).toBeLessThan(60)
})

test.each(absences)('one that does not come back stops the run after ten minutes, %s', async (_, failure) => {
  const { next, clock } = leaving(60, failure)
  await next()
  expect(await next()).toMatchObject({ fatal: true })
  expect(clock.now()).toBeGreaterThan(10 * 60_000)
  expect(clock.now()).toBeLessThan(12 * 60_000)
})

test('each kind of refusal is told once', async () => {
  const warnings: string[] = []
  const broken = { transient: true }
  const next = asking(playing('answered', broken, broken, 'answered', {}, {}, {}), {
    warn: line => warnings.push(line),
  })
  for (let count = 0; count < 5; count++) await next()
  expect(warnings).toEqual(['teacher x: no'])
})

async function withStore(work: (store: Store) => Promise<void>) {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  await work(store)
}

/** Another process of the same run asks these samples, one after another. */
async function process(store: Store, teacher: Teacher, ...samples: number[]) {
  const ask = asker(teacherAdapter(), store, { backoff: 1, fresh: (await store.count('replies')) === 0 })
  const came = []
  for (const sample of samples)
    came.push(
      await ask(teacher, question({ sample }), signal).then(
        ({ stop, raw }) => ({ stop, raw }),
        ({ message, fatal }: TeacherError) => ({ message, fatal }),
      ),
    )
  return came
}

/** Refuses the odd samples. */
const picky = (failure: Partial<Failure>, message?: string) =>
  scripted(({ sample }) => (sample % 2 === 1 ? fails(failure, message) : {}))

test.each(['length', 'content_filter', 'refusal'] as const)(
  'an error that is an end (%s) is asked once',
  stop =>
    withStore(async store => {
      const teacher = picky({ stop })
      const end = { stop, raw: { refused: 'teacher x: no' } }
      expect(await process(store, teacher, 1)).toEqual([end])
      expect(await process(store, teacher, 1)).toEqual([end])
      expect(teacher.asked).toHaveLength(1)
    }),
)

test.each([
  ['a refusal', {}],
  ['a place that is not there', key],
])('%s that comes in the same words in another run is the end of that question', (_, failure) =>
  withStore(async store => {
    const teacher = picky(failure)
    expect((await process(store, teacher, 0, 1))[1]).toEqual({ message: 'teacher x: no', fatal: false })
    const end = { stop: 'broken', raw: { refused: 'teacher x: no' } }
    expect(await process(store, teacher, 1)).toEqual([end])
    expect(await process(store, teacher, 1)).toEqual([end])
    expect(teacher.asked).toHaveLength(3)
  }),
)

test('it is not where the server was mended, where it says something else, or where it refuses everybody', () =>
  withStore(async store => {
    await process(store, picky({}), 0, 1)
    expect(await process(store, picky({}, 'teacher x: in other words'), 1)).toMatchObject([{ fatal: false }])
    expect(
      await process(
        store,
        scripted(() => ({})),
        1,
      ),
    ).toMatchObject([{ stop: 'end' }])
    const refuses = scripted(() => fails({}))
    for (let run = 0; run < 2; run++)
      expect(await process(store, refuses, 3)).toEqual([{ message: 'teacher x: no', fatal: false }])
  }))

test('a key or a model that is gone in the middle of a run makes no end of many questions', () =>
  withStore(async store => {
    const odd = [1, 3, 5, 7, 9]
    await process(store, picky(key), 0, ...odd)
    expect(await process(store, picky(key), ...odd)).toEqual(
      odd.map(() => ({ message: 'teacher x: no', fatal: true })),
    )
    const wrongKey = picky({ fatal: true, doubtful: 'key' })
    await process(store, wrongKey, 10, 11)
    expect(await process(store, wrongKey, 11)).toMatchObject([{ fatal: true }])
  }))
