import { expect, test } from 'vitest'
import { realClock } from '../../../pipeline/ask/clock.ts'
import { solveAndDecide } from '../../../pipeline/jobs/solve-and-decide.ts'
import { TeacherError } from '../../../teachers/teacher.ts'
import { smallJail } from '../../small-jail.ts'
import { virtualClock } from '../../virtual-clock.ts'
import { says, scripted, withRun } from '../scripted.ts'

test('the real clock goes on while it sleeps', async () => {
  const before = realClock.now()
  await realClock.sleep(5, new AbortController().signal)
  // A timer may fire within the millisecond before its time.
  expect(realClock.now() - before).toBeGreaterThanOrEqual(4)
})

test('a sleep ends with the reason of its signal', async () => {
  const reason = new Error('stopped by hand')
  for (const clock of [realClock, virtualClock()]) {
    const stop = new AbortController()
    const asleep = clock.sleep(3_600_000, stop.signal)
    stop.abort(reason)
    await expect(asleep).rejects.toBe(reason)
    await expect(clock.sleep(3_600_000, stop.signal)).rejects.toBe(reason)
  }
})

test('a whole run waits by the clock that it is given', async () => {
  await using sandbox = smallJail()
  const minutes = [9, 12, 14].map(count => count * 60_000)
  const teacher = scripted(() => {
    const retryAfterMs = minutes.shift()
    if (retryAfterMs === undefined) return says('8')
    throw new TeacherError('teacher: busy', { fatal: false, transient: true, overloaded: true, retryAfterMs })
  })
  await withRun({ sandbox, teachers: [teacher] }, async ({ open, fates }) => {
    const clock = virtualClock()
    await solveAndDecide(await open({}, { clock }))
    expect(clock.now()).toBeGreaterThanOrEqual(35 * 60_000)
    expect(await fates()).toEqual({ 'width/1': 'kept' })
  })
})
