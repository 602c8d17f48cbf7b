import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bestOf } from '../filters/best-of.ts'
import { duplicates } from '../filters/duplicates.ts'
import type { Measured } from '../filters/filter.ts'
import { quotas } from '../filters/quotas.ts'
import type { Selector } from '../filters/selector.ts'
import { type DecisionTable, openDecisionTable } from '../pipeline/decide/decision-table.ts'
import { hashOf, sha256 } from '../schemas/hash.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import { openSqliteStore, sqlite } from '../store/sqlite.ts'
import { measured } from './contenders.ts'

/**
 * Prints the memory that selectors take for a hundred times as many rows, beside each other. Each number of rows is a process
 * of its own, with a heap so small that what is left in it is what is needed: V8 collects garbage late where it has room.
 */
const heap = ['--max-old-space-size=48', '--max-semi-space-size=2', '--disable-warning=ExperimentalWarning']
const given = process.argv[2]
if (given === undefined)
  for (const count of ['2000', '200000'])
    spawnSync(process.execPath, [...heap, import.meta.filename, count], { stdio: 'inherit' })
else await selectAmong(Number(given))

/** As `curate` hands them over: one at a time, in key order. Two samples of a task; one task in ten asks what another asks. */
async function* synthetic(rows: number): AsyncIterable<Measured> {
  for (let index = 0; index < rows; index++) yield { trajectory: made(index), facts: [] }
}

function made(index: number): Trajectory {
  const task = index >> 1
  const subject = task % 10 === 9 ? task - 1 : task
  const name = hashOf(subject).slice(0, 8)
  const question = `What does the sign with the letters ${name} over the ${hashOf(name).slice(0, 6)} door of the shop say?`
  const image = {
    sha256: sha256(name),
    pixels: sha256(name),
    mime: 'image/png',
    width: 8,
    height: 8,
  } as const
  return {
    schemaVersion: 1,
    key: index.toString(16).padStart(64, '0'),
    task: {
      id: `bench/${task}`,
      question,
      images: [image],
      choices: null,
      answer: name,
      answerType: 'text',
      tolerance: null,
      category: `category ${task % 7}`,
      source: { name: 'bench', licence: 'Apache-2.0' },
      meta: {},
    },
    teacher: { name: 'bench', options: {} },
    sample: index & 1,
    prompts: {},
    system: '',
    question: [{ type: 'text', text: question }],
    tools: [],
    environment: { kind: 'bench', python: '', libraries: {}, hash: '' },
    turns: [],
    outcome: { kind: 'answered', answer: name },
  }
}

async function selectAmong(rows: number) {
  const selectors: Selector[] = [
    bestOf({ n: 1 }),
    duplicates({ by: 'question' }),
    quotas({ by: 'category', counts: { 'category 1': rows / 100 } }),
  ]
  const folder = await mkdtemp(join(tmpdir(), 'kindling-bench-'))
  {
    await using store = await openSqliteStore(folder)
    await using decisions = await openDecisionTable({
      config: { folder, store: sqlite() },
      store,
      signal: new AbortController().signal,
    })
    for (const selector of selectors) await time(selector, rows, decisions)
  }
  console.log(`${rows} rows: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB at most`)
  await rm(folder, { recursive: true })
}

async function time(selector: Selector, rows: number, decisions: DecisionTable) {
  await using workspace = await decisions.workspace(selector.name)
  let rejected = 0
  const { cpu } = await measured(async () => {
    for await (const _ of selector.select(synthetic(rows), workspace)) rejected++
  })
  const each = ((cpu * 1e6) / rows).toFixed(0)
  console.log(`${rows} rows, ${selector.name}: ${rejected} go, ${cpu.toFixed(1)} CPU s, ${each} µs a row`)
}
