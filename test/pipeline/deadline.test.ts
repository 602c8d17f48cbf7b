import { afterAll, expect, test } from 'vitest'
import { answer } from '../../checks/answer.ts'
import { type Filter, keep } from '../../filters/filter.ts'
import { openDeadline, parking } from '../../pipeline/deadline.ts'
import { DeadlineError } from '../../pipeline/errors.ts'
import { solveAndDecide } from '../../pipeline/jobs/solve-and-decide.ts'
import { handClock } from '../cli/watching/hand-clock.ts'
import { smallJail } from '../small-jail.ts'
import { runs, says, scripted, seenBy, tasks, withRun } from './scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** Measures once, then answers; `at` is told of each question. */
const measuring = (at: (number: number, signal: AbortSignal) => Promise<unknown>) => {
  const teacher = scripted(async (asked, signal) => {
    await at(teacher.asked.length, signal)
    return asked.turns.length === 0 ? runs('print(image_1.width)') : says(seenBy(asked))
  })
  return teacher
}

const config = { sandbox, tasks: tasks(6), checks: [answer()], limits: { concurrency: 2 } }

test('after a deadline nothing is begun; what is under way is kept, and the next run pays for nothing again', async () => {
  const clock = handClock()
  using deadline = openDeadline(10_000, clock)
  let limited = false
  const teacher = measuring(async number => limited && number === 3 && clock.pass(11))
  const one = { ...config, limits: { concurrency: 1 } }
  await withRun({ ...one, teachers: [teacher] }, async run => {
    await run.run()
    teacher.asked.length = 0
    limited = true
    const refresh = await run.open({}, { refresh: true, deadline, clock })
    await expect(solveAndDecide(refresh)).rejects.toThrow(DeadlineError)
    expect(teacher.asked).toHaveLength(3)
    expect(run.progress.findLast(({ kind }) => kind === 'stage')).toMatchObject({ stage: 'synthesize' })
    limited = false
    await run.run()
    expect(teacher.asked).toHaveLength(12)
  })
})

test('what is under way has 30 seconds to end, and is then cut off', async () => {
  const clock = handClock()
  using deadline = openDeadline(10_000, clock)
  let aborted = 0
  const teacher = measuring(async (number, signal) => {
    if (number !== 3 || deadline.cut.aborted) return
    await clock.pass(10 + parking / 1000 - 1)
    expect(signal.aborted).toBe(false)
    await clock.pass(2)
    if (signal.aborted) aborted++
    signal.throwIfAborted()
  })
  await withRun({ ...config, teachers: [teacher] }, async run => {
    const limited = await run.open({}, { deadline, clock })
    await expect(solveAndDecide(limited)).rejects.toThrow(/^the deadline has passed: .* goes on from there/)
    expect(aborted).toBe(1)
    await run.run()
    expect(Object.values(await run.fates())).toEqual(Array(6).fill('kept'))
  })
})

test('where all is solved and checked, a deadline does not keep it from being decided and exported', async () => {
  let time = 0
  const clock = { ...handClock(), now: () => time }
  using deadline = openDeadline(10_000, clock)
  const late: Filter = {
    name: 'late',
    version: 1,
    options: {},
    begin: () => () => {
      time = 20_000
      return keep
    },
  }
  await withRun({ ...config, filters: [late], teachers: [measuring(async () => {})] }, async run => {
    await solveAndDecide(await run.open({}, { deadline, clock }))
    expect(time).toBe(20_000)
    expect(Object.values(await run.fates())).toEqual(Array(6).fill('kept'))
  })
})

test('a deadline that has passed already lets nobody be asked', async () => {
  const clock = handClock()
  using deadline = openDeadline(-1, clock)
  const teacher = measuring(async () => {})
  await withRun({ ...config, teachers: [teacher] }, async run => {
    await expect(solveAndDecide(await run.open({}, { deadline, clock }))).rejects.toThrow(DeadlineError)
    expect(teacher.asked).toEqual([])
  })
})
