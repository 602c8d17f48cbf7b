import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { foreign } from '../../../bench/recall/foreign.ts'
import { casesOf, faults } from '../../../bench/recall/material.ts'
import { nativeFindings, type Outcome, recallIn } from '../../../bench/recall/recall.ts'
import { drawings } from '../../../examples/demo/drawings.ts'
import { runOn } from '../../../pipeline/jobs/open-run.ts'
import { settings } from '../../../pipeline/settings.ts'
import { bubblewrap } from '../../../sandbox/bubblewrap.ts'
import { openSqliteStore } from '../../../store/sqlite.ts'
import { program } from '../../../teachers/program/program.ts'
import { python } from '../../../tools/python.ts'
import { temporaryFolder } from '../../fixtures.ts'

/** One of each way in which a row is found to be wrong: by its words, its calls, its results, its answer, its order. */
const planted: Record<string, Outcome['kind']> = {
  'wrong answer that looks right': 'found',
  'edited stdout': 'found',
  'call without observation': 'found',
  'comment-only code': 'found',
  'question without its image': 'found',
}

/** DeepEyesV2's environment indents blocks of code anew: what such code shows there may be what it did. */
const altered: Record<string, Record<string, Outcome['kind']>> = {
  deepeyes_sft: { 'edited stdout': 'untold' },
}

const folder = await temporaryFolder()
const sandbox = bubblewrap()
const config = settings({
  name: 'recalled',
  output: folder.path,
  tasks: [drawings({ seed: 3, count: 2 })],
  teachers: [program({ errors: 0 })],
  tools: [python()],
  sandbox,
  checks: [],
  filters: [],
  exports: [],
})
const store = await openSqliteStore(config.folder)
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]()
  await store[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})
const { signal } = new AbortController()
const run = await runOn(store, config, { listen: () => {}, signal, asks: 'anybody' })
const cases = await casesOf(
  run,
  1,
  faults.filter(({ name }) => name in planted),
)
const native = await nativeFindings(cases, run)

test('each planted fault is found in the rollouts themselves, and none in the good ones', () => {
  const found = cases.flatMap(({ id, kind }) => ((native.get(id)?.length ?? 0) > 0 ? [kind] : []))
  expect(found.sort()).toEqual(Object.keys(planted).sort())
})

test.each(foreign)(
  'an audit of the same rows as $format finds the same, and drops no good one',
  async format => {
    const place = join(folder.path, format.format)
    await mkdir(place)
    const { outcomes, falselyDropped } = await recallIn(format, cases, native, { folder: place, store })
    const kinds = cases.flatMap(({ id, kind }) => (kind === null ? [] : [[kind, outcomes.get(id)?.kind]]))
    expect(Object.fromEntries(kinds)).toEqual({ ...planted, ...altered[format.format] })
    expect([...falselyDropped]).toEqual([])
  },
)
