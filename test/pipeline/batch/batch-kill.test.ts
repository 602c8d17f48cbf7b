import { expect, test } from 'vitest'
import { ratesOf } from '../../../teachers/program/faults.ts'
import { serveProgram } from '../../../teachers/program/server.ts'
import { skills } from '../../../teachers/program/skills.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { batchServer } from '../../teachers/batch-server.ts'
import { exported, type Fuse, fusesFor, runOnce as start } from '../killing.ts'

/** The program teacher behind a service of batches; both outlive the processes that ask. */
async function batchedProgram() {
  const program = await serveProgram({ skills, rates: ratesOf(undefined) })
  const server = await batchServer({
    async answer(body) {
      const response = await fetch(`${program.url}/chat/completions`, {
        method: 'POST',
        body: JSON.stringify(body),
      })
      return { status: response.status, body: await response.json() }
    },
  })
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await program[Symbol.asyncDispose]()
    },
  }
}

const config = 'test/pipeline/batch/batch-kill.config.ts'

test('a run in batches that is killed again and again hands nothing in twice, and ends as one that asked online', async () => {
  await using teacher = await batchedProgram()
  const run = (runs: string, env: Record<string, string>, fuse?: Fuse) =>
    start({ config, env: { TEACHER_URL: teacher.url, RUNS: runs, ...env }, events: teacher.events }, fuse)
  await using online = await temporaryFolder()
  await run(online.path, {})
  const expected = await exported(online.path)
  const requests = new Set(teacher.asked.keys())
  expect(teacher.batches).toEqual([])
  teacher.asked.clear()

  await using broken = await temporaryFolder()
  // Handing in a batch and fetching what became of it takes more requests than these.
  const fuses = fusesFor({ sure: 3, requests: 6, others: 3, within: [2, 16] })
  let kills = 0
  for (const fuse of fuses) if ((await run(broken.path, { BATCHES: '1' }, fuse)) === 'killed') kills++
  await run(broken.path, { BATCHES: '1' })

  expect(kills).toBeGreaterThanOrEqual(3)
  expect(await exported(broken.path)).toEqual(expected)
  expect(new Set(teacher.asked.keys())).toEqual(requests)
  expect(Math.max(...teacher.asked.values())).toBe(1)
  expect(Math.max(...teacher.sizes())).toBeLessThanOrEqual(5)
})
