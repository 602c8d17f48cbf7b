import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hear } from '../checks/judging.ts'
import { completion } from '../teachers/wire-server.ts'
import { type Answering, place } from './command.ts'

const config = 'stored.config.ts'
const keys = ['STUDENT_KEY', 'TEACHER_KEY', 'SEARCH_KEY', 'JUDGE_KEY']
const withKeys = keys.map(name => `export ${name}=sk-1`).join('; ')

/** The student knows the first city; the teacher all but the last, in words that the judge takes for right. */
const answering =
  (isBroken: () => boolean): Answering =>
  ({ body }) => {
    const { text, verdict } = hear(body)
    const says = (answer: string) => ({
      body: completion({ content: `So it is.\n<answer>${answer}</answer>` }),
    })
    if (body.model === 'judge')
      return { body: completion({ content: verdict(text.includes('Beantown') ? 'different' : 'same') }) }
    if (body.model === 'm') return says(text.includes('last') ? 'Beantown' : 'the Big Apple')
    if (isBroken() && text.includes('third'))
      return { status: 400, body: { error: { message: 'not today', code: 'odd' } } }
    return says(text.includes('first') ? 'New York City' : 'I wonder')
  }

const rows = ['first', 'second', 'third', 'last'].map(name => ({
  question: `Which is the ${name} city?`,
  answer: 'New York City',
}))

test('a stored run is read, compared, rescued from, decided and exported without a key, and nobody is asked', async () => {
  let broken = true
  await using here = await place(answering(() => broken))
  await here.tasks(rows)
  const without = await here.kindling(['run', config, '--json'])
  expect(without).toMatchObject({ code: 69, err: 'teacher m: no API key; set TEACHER_KEY\n' })
  expect(here.asked).toEqual([])

  // A task whose student fails is left, and told by the status.
  const failed = await here.kindling(['run', config, '--json'], withKeys)
  expect(failed.code, failed.err).toBe(3)
  expect(failed.err).toMatch(/1 task could not be screened \(first: screening of width\/3: .*not today/)
  broken = false
  const whole = await here.kindling(['run', config, '--json'], withKeys)
  expect(whole.code, whole.err).toBe(0)
  const { funnel } = JSON.parse(whole.out)
  expect(
    funnel.dropped.map(({ stage, reason }: { stage: string; reason: string }) => `${stage}/${reason}`),
  ).toEqual(
    expect.arrayContaining(['screen/difficulty_too_easy', 'passed/judge_different', 'quotas/quota_full']),
  )
  expect(funnel.kept).toBe(1)
  const asked = here.asked.length
  const decisions = join(here.folder, 'runs', 'stored', 'decisions.jsonl')
  await copyFile(decisions, join(here.folder, 'aside.jsonl'))

  const read = async (args: string[]) => {
    const done = await here.kindling(args)
    expect(here.asked, args.join(' ')).toHaveLength(asked)
    return done
  }

  // What a selector dropped stays when it is rescued; what screening dropped has no row.
  const selected = await read(['rescue', config, '--reason', 'quotas/quota_full'])
  expect(selected, selected.err).toMatchObject({ code: 0, out: expect.stringContaining('2 rows kept') })
  expect(await read(['rescue', config, '--reason', 'screen/difficulty_too_easy'])).toMatchObject({
    code: 2,
    err: expect.stringMatching(
      /--reason screen\/difficulty_too_easy: screening dropped 1 tasks for that before a teacher was asked, so there is no row/,
    ),
  })

  // Against the decisions of before, the rescued row flips.
  const flipped = await read(['flips', config, '--against', 'aside.jsonl'])
  expect(flipped).toMatchObject({
    code: 0,
    out: expect.stringMatching(
      /^1 of 3 rows are decided otherwise:\n\ndropped, now kept\n {2}quotas\/quota_full → kept {2}1 {2}filters {2}width\/\d\n$/,
    ),
  })
  expect(await read(['flips', config, '--against', 'gone.jsonl'])).toMatchObject({
    code: 2,
    err: '--against gone.jsonl: there is no such file; give a decisions.jsonl that was put aside\n',
  })
  expect((await read(['export', config])).code).toBe(0)
})
