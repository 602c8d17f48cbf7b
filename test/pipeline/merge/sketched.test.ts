import { join } from 'node:path'
import { expect, test } from 'vitest'
import { duplicates } from '../../../filters/duplicates.ts'
import { passed } from '../../../filters/passed.ts'
import type { Selector } from '../../../filters/selector.ts'
import { openRun } from '../../../pipeline/jobs/open-run.ts'
import { planOf, takeIn } from '../../../pipeline/jobs/prepare.ts'
import { planned } from '../../../pipeline/plan.ts'
import { partFolder } from '../../../pipeline/run-part.ts'
import { solve } from '../../../pipeline/solve/solve.ts'
import { openChunkWork } from '../../../pipeline/working/work-on.ts'
import { readSqliteStore } from '../../../store/sqlite.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { says, scripted, wordsOf } from '../scripted.ts'
import { configOf, merge, runPart, runWhole, written } from './dividing.ts'

const { signal } = new AbortController()
const parts = [1, 2].map(index => ({ index, of: 2 }))
/** Answers every other question wrongly. */
const teacher = () =>
  scripted(request => {
    const picture = Number(/picture (\d+)/.exec(wordsOf(request))?.[1])
    return says(String(7 + picture - (picture % 2)))
  })

/** Half of the tasks are answered rightly, and each has a picture of its own. */
const tasks = 6
const right = 3

/** Counts the sketches that are made while it decides. */
function counted() {
  const real = duplicates({ by: 'image' })
  const counts = { decisions: 0, sketches: 0 }
  const selector: Selector = {
    ...real,
    select: (rows, workspace) => {
      counts.decisions++
      return real.select(rows, {
        ...workspace,
        remember: (method, sha256, make) =>
          workspace.remember(method, sha256, () => {
            if (method.startsWith('sketch')) counts.sketches++
            return make()
          }),
      })
    },
  }
  return { selector, counts }
}

const remembered = async (folder: string) => {
  await using store = await readSqliteStore(folder)
  return store.count('remembered')
}

test('parts sketch the pictures of what they keep, so that a merge makes none and decides as one process does', async () => {
  await using here = await temporaryFolder()
  const alone = counted()
  const whole = configOf(join(here.path, 'one'), tasks, {
    teachers: [teacher()],
    filters: [passed(), alone.selector],
  })
  await runWhole(whole)
  expect(alone.counts).toEqual({ decisions: 1, sketches: right })
  expect(await remembered(whole.folder)).toBe(0)

  const shared = counted()
  const divided = configOf(join(here.path, 'many'), tasks, {
    teachers: [teacher()],
    filters: [passed(), shared.selector],
  })
  for (const part of parts) await runPart(divided, part)
  const inParts = await Promise.all(parts.map(part => remembered(partFolder(divided.folder, part))))
  expect(inParts.reduce((sum, each) => sum + each, 0)).toBe(right)
  await merge(divided)
  expect(shared.counts).toEqual({ decisions: 1, sketches: 0 })
  expect(await written(divided)).toEqual(await written(whole))
})

test('workers sketch the pictures of the rows that they measure', async () => {
  await using here = await temporaryFolder()
  const config = configOf(here.path, tasks, {
    teachers: [teacher()],
    filters: [passed(), duplicates({ by: 'image' })],
  })
  await using run = await openRun(config, { listen: () => {}, signal, asks: 'anybody' })
  const plan = await planOf(await takeIn(run), run)
  await solve(plan, run)
  const keys = (await Array.fromAsync(planned(plan, run))).map(({ key }) => key)
  const quiet = () => {}
  await using work = openChunkWork(run, { begun: quiet, done: quiet })
  await work.do(
    { stage: 'verify', plan: plan.id, keys, checks: config.checks.map(({ name }) => name) },
    signal,
  )
  expect(await run.store.count('remembered')).toBe(right)
})
