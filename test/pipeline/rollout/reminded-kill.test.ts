import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { sha256 } from '../../../schemas/hash.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { call, completion, wireServer } from '../../teachers/wire-server.ts'
import { exported, runOnce } from '../killing.ts'

/** Needs both reminders in each rollout: calls in silence, gives a rationale, ends without a tag, answers. */
const said = [
  { tool_calls: [call('a', 'x = 1')] },
  { content: 'I measure the width first.', tool_calls: [call('b', 'x = image_1.width\nx')] },
  { content: 'That is what I measured.' },
  { content: 'It is measured.\n<answer>8</answer>' },
]

test('a run that is killed at every second request is reminded as one that was not, and asks nothing twice', async () => {
  const events = new EventEmitter()
  const asked: string[] = []
  await using teacher = await wireServer(({ body }) => {
    asked.push(sha256(JSON.stringify(body)))
    events.emit('request')
    const turn = body.messages.filter(({ role }) => role === 'assistant').length
    return { body: completion(said[turn] ?? {}, turn < 2 ? 'tool_calls' : 'stop') }
  })
  const config = 'test/pipeline/rollout/reminded.config.ts'
  const start = (folder: { path: string }, at?: number) =>
    runOnce(
      { config, env: { TEACHER_URL: teacher.url, RUNS: folder.path }, events },
      at === undefined ? undefined : { on: 'request', at },
    )

  await using whole = await temporaryFolder()
  await start(whole)
  const requests = asked.splice(0)
  expect(new Set(requests).size).toBe(4)

  await using broken = await temporaryFolder()
  let kills = 0
  while ((await start(broken, 2)) === 'killed') kills++
  expect(kills).toBeGreaterThanOrEqual(2)
  expect(await exported(broken.path)).toEqual(await exported(whole.path))
  // Only a call that was on the wire when the process died can have been made again.
  expect(new Set(asked)).toEqual(new Set(requests))
  expect(asked.length - requests.length).toBeLessThanOrEqual(kills)
})
