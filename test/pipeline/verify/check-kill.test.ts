import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { sha256 } from '../../../schemas/hash.ts'
import { hear } from '../../checks/judging.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { completion, wireServer } from '../../teachers/wire-server.ts'
import { countingTeacher } from '../counting-teacher.ts'
import { exported, type Fuse, fusesFor, runOnce } from '../killing.ts'

const config = 'test/pipeline/verify/check-kill.config.ts'
const concurrency = 3

/** The program as teacher and student, and a judge that accepts all; what both are asked is counted together. */
async function models() {
  const teacher = await countingTeacher()
  const events = new EventEmitter()
  const judged: string[] = []
  for (const kind of ['event', 'request']) teacher.events.on(kind, () => events.emit(kind))
  const judge = await wireServer(({ body }) => {
    judged.push(sha256(JSON.stringify(body)))
    events.emit('event')
    events.emit('request')
    return { body: completion({ content: hear(body).verdict('follows') }) }
  })
  const env = { TEACHER_URL: teacher.url, JUDGE_URL: judge.url }
  return {
    judged,
    run: (runs: string, fuse?: Fuse) => runOnce({ config, env: { ...env, RUNS: runs }, events }, fuse),
    asked: () => new Set([...teacher.asked.keys(), ...judged]),
    /** Requests beyond the first of each. */
    repeats: () => teacher.repeats() + judged.length - new Set(judged).size,
    forget() {
      teacher.asked.clear()
      judged.length = 0
    },
    async [Symbol.asyncDispose]() {
      await teacher[Symbol.asyncDispose]()
      await judge[Symbol.asyncDispose]()
    },
  }
}

test('a run that is killed among its checks again and again ends as one that was not, and asks nothing twice', async () => {
  await using all = await models()
  await using whole = await temporaryFolder()
  await all.run(whole.path)
  const expected = await exported(whole.path)
  const asked = all.asked()
  expect(all.judged.length).toBeGreaterThan(0)
  expect(all.repeats()).toBe(0)
  const requests = asked.size
  all.forget()

  await using broken = await temporaryFolder()
  const fuses = fusesFor({ sure: 2, requests, others: 2, within: [8, 24] })
  let kills = 0
  for (const fuse of fuses) if ((await all.run(broken.path, fuse)) === 'killed') kills++
  await all.run(broken.path)

  expect(kills).toBeGreaterThanOrEqual(2)
  expect(await exported(broken.path)).toEqual(expected)
  expect(all.asked()).toEqual(asked)
  // Only a call that was on the wire when the process died can have been made again; each row makes two at most.
  expect(all.repeats()).toBeLessThanOrEqual(kills * concurrency * 2)
  const before = all.repeats()
  await all.run(broken.path)
  expect(all.repeats()).toBe(before)
})
