import { EventEmitter } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hear } from '../../checks/judging.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { completion, wireServer } from '../../teachers/wire-server.ts'
import { countingTeacher } from '../counting-teacher.ts'
import { exported, type Fuse, fusesFor, runOnce } from '../killing.ts'

const config = 'test/pipeline/screen/screen-kill.config.ts'
const concurrency = 3

/** The program as teacher, and a student that looks with Python where it has it and always says 3 then. */
async function models() {
  const teacher = await countingTeacher()
  const events = new EventEmitter()
  let requests = 0
  for (const kind of ['event', 'request']) teacher.events.on(kind, () => events.emit(kind))
  const student = await wireServer(({ body }) => {
    requests++
    events.emit('event')
    events.emit('request')
    const { tools, results } = hear(body)
    const looks = tools.length > 0 && results === ''
    const call = {
      id: 'a',
      type: 'function',
      function: { name: 'python', arguments: '{"code":"print(image_1.size)"}' },
    }
    return looks
      ? { body: completion({ content: 'I look.', tool_calls: [call] }, 'tool_calls') }
      : { body: completion({ content: `It is so.\n<answer>${tools.length > 0 ? 3 : 'no'}</answer>` }) }
  })
  const env = { TEACHER_URL: teacher.url, STUDENT_URL: student.url }
  return {
    run: (runs: string, fuse?: Fuse) => runOnce({ config, env: { ...env, RUNS: runs }, events }, fuse),
    requests: () => requests + teacher.requests(),
    async [Symbol.asyncDispose]() {
      await teacher[Symbol.asyncDispose]()
      await student[Symbol.asyncDispose]()
    },
  }
}

const manifestOf = async (runs: string) =>
  JSON.parse(await readFile(join(runs, 'killed', 'export', 'manifest.json'), 'utf8'))

test('a run that is killed again and again while it screens ends as one that was not, and asks nothing twice', async () => {
  await using all = await models()
  await using whole = await temporaryFolder()
  await all.run(whole.path)
  const expected = await exported(whole.path)
  const { screening } = (await manifestOf(whole.path)).funnel
  expect(screening).toMatchObject({ tasks: 6, unscreened: 0 })
  const needed = all.requests()

  await using broken = await temporaryFolder()
  const fuses = fusesFor({ sure: 2, requests: needed, others: 2, within: [6, 18] })
  let kills = 0
  for (const fuse of fuses) if ((await all.run(broken.path, fuse)) === 'killed') kills++
  await all.run(broken.path)
  expect(kills).toBeGreaterThanOrEqual(2)
  expect(await exported(broken.path)).toEqual(expected)
  // Only a call that was on the wire when the process died can have been made again; each task makes one at a time.
  expect(all.requests()).toBeLessThanOrEqual(2 * needed + kills * concurrency)
  const before = all.requests()
  await all.run(broken.path)
  expect(all.requests()).toBe(before)
})
