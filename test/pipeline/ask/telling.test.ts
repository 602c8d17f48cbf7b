import { expect, test } from 'vitest'
import { teacherAdapter } from '../../../pipeline/ask/ask-teacher.ts'
import { tries } from '../../../pipeline/ask/asker.ts'
import type { Progress } from '../../../pipeline/progress.ts'
import { type Teacher, TeacherError } from '../../../teachers/teacher.ts'
import { question } from '../../conformance/teacher.ts'
import { scripted } from '../scripted.ts'

/** What is told while each of so many samples is asked for at once. */
async function told(teacher: Teacher, samples = 1): Promise<Progress[]> {
  const events: Progress[] = []
  const ask = tries({ listen: event => events.push(event), backoff: 1 })
  const asked = Array.from({ length: samples }, (_, sample) =>
    ask(teacherAdapter().inquiryOf(teacher, question({ sample })), new AbortController().signal),
  )
  await Promise.allSettled(asked)
  return events
}

test('a call is told of when it goes out and when it is over, with the tokens of its answer', async () => {
  const usage = { input: 7, output: 11, cached: 0, reasoning: 0 }
  expect(await told(scripted(() => ({ text: 'x', usage })))).toEqual([
    { kind: 'call', call: 1 },
    { kind: 'called', call: 1, output: 11 },
  ])
})

test('why a call is made again is told before it is, and one that is given up is over, too', async () => {
  const failures = [{ transient: true }, { transient: true, overloaded: true }, {}]
  const teacher = scripted(() => {
    throw new TeacherError('teacher x: no', { fatal: false, ...failures.shift() })
  })
  expect(await told(teacher)).toEqual([
    { kind: 'call', call: 1 },
    { kind: 'called', call: 1, output: null },
    { kind: 'again', why: 'teacher x: no', number: 2, most: 5 },
    { kind: 'call', call: 2 },
    { kind: 'called', call: 2, output: null },
    { kind: 'again', why: 'teacher x: no', number: 2, most: 20 },
    { kind: 'call', call: 3 },
    { kind: 'called', call: 3, output: null },
  ])
})

test('calls that wait for their turn are not under way', async () => {
  const teacher = { ...scripted(() => ({ text: 'x' })), limits: { concurrency: 1 } }
  const numbers = (await told(teacher, 3)).map(event => ('call' in event ? [event.kind, event.call] : event))
  expect(numbers).toEqual([
    ['call', 1],
    ['called', 1],
    ['call', 2],
    ['called', 2],
    ['call', 3],
    ['called', 3],
  ])
})
