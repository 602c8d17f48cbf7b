import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { temporaryFolder } from '../fixtures.ts'
import { bucketProxy } from '../store/bucket-proxy.ts'
import { bucketServer } from '../tasks/remote/servers.ts'
import { countingTeacher } from './counting-teacher.ts'
import { exported, fusesFor, runOnce } from './killing.ts'

const config = 'test/pipeline/kill.config.ts'
const concurrency = 3
const tasks = 12

let buckets: Awaited<ReturnType<typeof bucketServer>>
beforeAll(async () => {
  buckets = await bucketServer()
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await buckets[Symbol.asyncDispose]()
})

test('a run in a bucket, killed and gone on with, gives the bytes of one in SQLite, for a few requests a task', async () => {
  await using teacher = await countingTeacher()
  await using between = await bucketProxy(buckets.origin)
  await using whole = await temporaryFolder()
  await using broken = await temporaryFolder()
  const { events } = teacher
  await runOnce({ config, env: { TEACHER_URL: teacher.url, RUNS: whole.path }, events })
  const expected = await exported(whole.path)
  const made = teacher.requests()
  teacher.asked.clear()

  const env = { TEACHER_URL: teacher.url, RUNS: broken.path, BUCKETS: between.origin }
  let kills = 0
  for (const fuse of fusesFor({ sure: 2, requests: made, others: 0, within: [3, 25] }))
    if ((await runOnce({ config, env, events }, fuse)) === 'killed') kills++
  await runOnce({ config, env, events })

  expect(kills).toBe(2)
  expect(await exported(broken.path)).toEqual(expected)
  expect(teacher.repeats()).toBeLessThanOrEqual(kills * concurrency)
  const [requests, bytes] = [between.heard.length, between.heard.reduce((sum, { sent }) => sum + sent, 0)]
  console.info(`${requests} requests and ${bytes} bytes to the bucket for ${tasks} tasks and ${made} turns`)
  // The intake, three starts and their claims come beside the turns.
  expect(requests).toBeLessThan(2 * made + 3 * tasks + 60)
  const before = teacher.requests()
  await runOnce({ config, env, events })
  expect(teacher.requests()).toBe(before)
  await rm(join(broken.path, 'killed'), { recursive: true })
  await runOnce({ config, command: 'export', env, events })
  expect(await exported(broken.path)).toEqual(expected)
  expect(teacher.requests()).toBe(before)
})
