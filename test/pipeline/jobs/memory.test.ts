import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, expect, test } from 'vitest'
import { answer } from '../../../checks/answer.ts'
import { passed } from '../../../filters/passed.ts'
import { hf } from '../../../output/targets/hf.ts'
import { exportRows } from '../../../pipeline/jobs/export.ts'
import type { TaskSource } from '../../../tasks/source.ts'
import type { Teacher } from '../../../teachers/teacher.ts'
import { reply } from '../../fixtures.ts'
import { smallJail } from '../../small-jail.ts'
import { says, type TestRun, widths, withRun } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

setFlagsFromString('--expose-gc')
const gc: () => void = runInNewContext('gc')

/** Of each question, in bytes: what holds every row holds at least that. */
const textBytes = 40_000
/** More than a row group of an export and than a page that is read of the store, and three times as many. */
const [few, many] = [270, 810] as const
const lookEvery = 90

const jobs: Record<string, (run: TestRun) => Promise<unknown>> = {
  'a first run': run => run.run(),
  'the same again': run => run.run(),
  curate: run => run.recurate(),
  export: async run => exportRows(await run.open({}, { asks: 'nobody' })),
}

/** Made one by one, and all of the same picture. */
const longTasks = (count: number): TaskSource => ({
  name: 'long',
  options: {},
  async *read() {
    const look = 'Look closely. '.repeat(textBytes / 14)
    for (let index = 0; index < count; index++)
      yield* widths({ id: `long/${index}`, question: `How wide is picture ${index}? ${look}` }).read()
  },
})

/** Remembers nothing. */
const teacher: Teacher = { name: 'short', options: {}, samples: 1, ask: async () => reply(says('8')) }

/** The most bytes that were in use after a collection while each job did its work on so many tasks. */
async function liveBytes(count: number): Promise<number[]> {
  const most: number[] = []
  let [live, heard] = [0, 0]
  const listen = () => {
    if (heard++ % lookEvery > 0) return
    gc()
    live = Math.max(live, process.memoryUsage().heapUsed)
  }
  const config = { sandbox, teachers: [teacher], tools: [], checks: [answer()], filters: [passed()] }
  const work = async (run: TestRun) => {
    for (const job of Object.values(jobs)) {
      ;[live, heard] = [0, 0]
      await job(run)
      most.push(heard < count ? Number.NaN : live)
    }
  }
  await withRun({ ...config, tasks: longTasks(count), exports: [hf()] }, work, { listen })
  return most
}

test('the memory of no job grows with the number of rows', async () => {
  // What is made once is made by then.
  await liveBytes(20)
  const [less, more] = [await liveBytes(few), await liveBytes(many)]
  const growth = more.map((bytes, index) => bytes - (less[index] ?? Number.NaN))
  const held = (many - few) * textBytes
  expect(Object.keys(jobs).filter((_, index) => !((growth[index] ?? held) < held / 3))).toEqual([])
})
