import { expect, test } from 'vitest'
import { config, place } from './command.ts'

test('dropped rows are explained, rescued, listed and taken back, and no model is asked', async () => {
  await using here = await place()
  await here.tasks([{}, {}, { answer: '99' }])
  expect((await here.kindling(['run', config])).code).toBe(0)
  const asked = here.asked.length
  const stats = async () => {
    const { started, seconds, ...said } = JSON.parse((await here.kindling(['stats', '--json'])).out)
    return said
  }
  const before = await stats()
  expect(before.funnel).toMatchObject({
    kept: 2,
    stages: [{ stage: 'passed', count: 1 }],
    dropped: [{ stage: 'passed', reason: 'answer_wrong', examples: ['width/3'] }],
  })

  expect(await here.kindling(['rescue', config])).toMatchObject({
    code: 2,
    err: expect.stringMatching(/--reason: it is missing/),
  })
  const made = await here.kindling(['rescue', config, '--reason', 'passed/answer_wrong'])
  expect(made).toMatchObject({
    code: 0,
    err: expect.stringMatching(/^1 rows rescued from passed\/answer_wrong/),
  })
  expect(made.out).toMatch(/Dropped, but kept in by `rescue`\n {2}passed\/answer_wrong {2}1 {2}width\/3\n/)
  expect(made.out).toContain('3 rows kept')
  expect((await here.kindling(['rescue', config, '--list'])).out).toMatch(
    /^width\/3 {2}[0-9a-f]{12} {2}passed\/answer_wrong\n$/,
  )
  expect((await here.kindling(['show', 'width/3'])).out).toMatch(
    /kept, though passed dropped it: answer_wrong/,
  )
  expect(await here.kindling(['flips', config])).toMatchObject({
    code: 0,
    out: '0 of 3 rows are decided otherwise\n',
  })

  expect((await here.kindling(['rescue', config, '--undo'])).err).toMatch(/^1 rescues taken back/)
  expect(await stats()).toEqual(before)
  expect(here.asked).toHaveLength(asked)
})
