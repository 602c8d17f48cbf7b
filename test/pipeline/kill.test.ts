import { expect, test } from 'vitest'
import { temporaryFolder } from '../fixtures.ts'
import { countingTeacher } from './counting-teacher.ts'
import { exported, type Fuse, fusesFor, runOnce as start } from './killing.ts'

type Teacher = Awaited<ReturnType<typeof countingTeacher>>

const config = 'test/pipeline/kill.config.ts'
const concurrency = 3

const runOnce = ({ url, events }: Teacher, runs: string, fuse?: Fuse) =>
  start({ config, env: { TEACHER_URL: url, RUNS: runs }, events }, fuse)

test('a run that is killed again and again ends as one that was not, and asks nothing twice', async () => {
  await using teacher = await countingTeacher()
  await using whole = await temporaryFolder()
  await runOnce(teacher, whole.path)
  const expected = await exported(whole.path)
  const requests = new Set(teacher.asked.keys())
  const made = teacher.requests()
  expect(Object.keys(expected).filter(path => path.endsWith('.parquet')).length).toBeGreaterThan(1)
  teacher.asked.clear()

  await using broken = await temporaryFolder()
  const fuses = fusesFor({ sure: 3, requests: made, others: 3, within: [3, 25] })
  let kills = 0
  for (const fuse of fuses) if ((await runOnce(teacher, broken.path, fuse)) === 'killed') kills++
  await runOnce(teacher, broken.path)

  expect(kills).toBeGreaterThanOrEqual(3)
  expect(await exported(broken.path)).toEqual(expected)
  expect(new Set(teacher.asked.keys())).toEqual(requests)
  // Only a call that was on the wire when the process died can have been made again.
  expect(teacher.repeats()).toBeLessThanOrEqual(kills * concurrency)
  const before = teacher.repeats()
  await runOnce(teacher, broken.path)
  expect(teacher.repeats()).toBe(before)
})
