import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { foreign } from '../../../bench/recall/foreign.ts'
import { items } from '../../../bench/recall/items.ts'
import { casesOf, faults } from '../../../bench/recall/material.ts'
import { nativeFindings, type Outcome, recallIn } from '../../../bench/recall/recall.ts'
import { rowFaults } from '../../../bench/recall/row-faults.ts'
import { drawings } from '../../../examples/demo/drawings.ts'
import { runOn } from '../../../pipeline/jobs/open-run.ts'
import { settings } from '../../../pipeline/settings.ts'
import { bubblewrap } from '../../../sandbox/bubblewrap.ts'
import { openSqliteStore } from '../../../store/sqlite.ts'
import { program } from '../../../teachers/program/program.ts'
import { python } from '../../../tools/python.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { smallJail } from '../../small-jail.ts'

/** One of each way in which a row is found to be wrong: by its words, its calls, its results, its answer, its order. */
const planted: Record<string, Outcome['kind']> = {
  'wrong answer that looks right': 'found',
  'edited stdout': 'found',
  'call without observation': 'found',
  'comment-only code': 'found',
  'question without its image': 'found',
  'row: broken picture': 'found',
  'row: result before its call': 'found',
}

/** What formats cannot tell, or have no words for. */
const altered: Record<string, Record<string, unknown>> = {
  // Its environment indents blocks of code anew: what such code shows there may be what it did.
  deepeyes_sft: { 'edited stdout': 'untold' },
  // Its results stand in the steps of their calls.
  atif: { 'row: result before its call': 'not_written' },
  // One text is all of a rollout.
  thyme: { 'row: result before its call': 'not_written' },
  // Their results hold no picture: where code drew one before, what it did is not known.
  nemo_gym: { 'comment-only code': expect.stringMatching(/^(found|untold)$/) },
  adp: { 'comment-only code': expect.stringMatching(/^(found|untold)$/) },
  // Nothing in a session says what is right.
  agent_sessions: { 'wrong answer that looks right': 'untold' },
}

const folder = await temporaryFolder()
const sandbox = smallJail()
/** DeepEyesV2's sessions hold matplotlib from the start. */
const furnished = bubblewrap()
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
  await furnished[Symbol.asyncDispose]()
  await store[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})
const { signal } = new AbortController()
const run = await runOn(store, config, { listen: () => {}, signal, asks: 'anybody' })
const cases = await casesOf(run, 1, {
  kinds: faults.filter(({ name }) => name in planted),
  ofRows: rowFaults.filter(({ name }) => name in planted),
})
const native = await nativeFindings(cases, run)

test('each planted fault is found in the rollouts themselves, and none in the good ones', () => {
  const found = cases.flatMap(({ id, kind }) => ((native.get(id)?.length ?? 0) > 0 ? [kind] : []))
  expect(found.sort()).toEqual(Object.keys(planted).sort())
})

test.each([...foreign, ...items])(
  'an audit of the same rows as $format finds the same, and drops no good one',
  async format => {
    const place = join(folder.path, format.format)
    await mkdir(place)
    const { outcomes, falselyDropped } = await recallIn(format, cases, native, {
      ...{ folder: place, store },
      sandbox: format.format === 'deepeyes_sft' ? furnished : sandbox,
    })
    const kinds = cases.flatMap(({ id, kind }) => (kind === null ? [] : [[kind, outcomes.get(id)?.kind]]))
    expect(Object.fromEntries(kinds)).toEqual({ ...planted, ...altered[format.format] })
    expect([...falselyDropped]).toEqual([])
  },
)
