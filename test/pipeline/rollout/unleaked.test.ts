import { expect, test } from 'vitest'
import { unleaked } from '../../../pipeline/rollout/unleaked.ts'
import type { Removed } from '../../../schemas/trajectory.ts'
import type { LeakJudge } from '../../../tools/leaks.ts'
import type { Consult } from '../../../tools/service.ts'
import { ToolError } from '../../../tools/tool.ts'

const consult: Consult = (_service, _query, call) => call(new AbortController().signal)

/** Takes what holds the word `secret` for the question, and an address with it for a host. */
const judge: LeakJudge = {
  query: asked => (JSON.stringify(asked).includes('secret') ? 'host' : null),
  result: found => (JSON.stringify(found).includes('secret') ? 'question' : null),
}

function guarded() {
  const removed: Removed[] = []
  const ask = unleaked(consult, judge, removed)
  const find = (answer: unknown, query = {}) => ask({ name: 'web', options: {} }, query, async () => answer)
  return { removed, find }
}

test('of a list only what leaks is taken out, in order, and counted together', async () => {
  const { removed, find } = guarded()
  expect(await find([{ a: 1 }, { a: 'secret' }, { a: 2 }, ['secret']])).toEqual([{ a: 1 }, { a: 2 }])
  expect(await find([])).toEqual([])
  expect(removed).toEqual([{ provider: 'web', reason: 'question', count: 2 }])
})

test('a page is refused as a whole, without a word of it', async () => {
  const { removed, find } = guarded()
  expect(await find({ title: 'A page', text: 'harmless' })).toEqual({ title: 'A page', text: 'harmless' })
  await expect(find({ title: 'A page', text: 'the secret' })).rejects.toThrow(
    new ToolError('This cannot be shown here. Look elsewhere.'),
  )
  expect(removed).toEqual([{ provider: 'web', reason: 'question', count: 1 }])
})

test('an address that is not to be shown is not asked for', async () => {
  const { removed, find } = guarded()
  const asked = find('asked', { url: 'https://secret/' })
  await expect(asked).rejects.toThrow(ToolError)
  expect(removed).toEqual([{ provider: 'web', reason: 'host', count: 1 }])
})
