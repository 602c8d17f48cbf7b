import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { isRight } from '../../answers/compare.ts'
import { runOn } from '../../pipeline/jobs/open-run.ts'
import { prepare } from '../../pipeline/jobs/prepare.ts'
import type { Run } from '../../pipeline/run.ts'
import { solve } from '../../pipeline/solve/solve.ts'
import { shownDrop } from '../../schemas/drop.ts'
import { hashOf } from '../../schemas/hash.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import type { Store } from '../../store/store.ts'
import { measured } from '../contenders.ts'
import { chain, close } from './chain.ts'
import { answerOf, type Fault } from './fault.ts'
import * as calls from './faults/calls.ts'
import * as code from './faults/code.ts'
import * as records from './faults/records.ts'
import * as said from './faults/said.ts'
import * as tasks from './faults/tasks.ts'
import { handOf } from './hand.ts'
import { type Judged, judged } from './judging.ts'
import { type Part, parts } from './material.ts'
import { changed, variantOf, variants } from './variants.ts'

/**
 * Plants faults into copies of good trajectories and prints how many of each kind the checks, filters and selectors find,
 * and how many of the good ones they drop.
 * `node bench/quality/main.ts [tasks of a part] [copies of a kind] [part]`
 */
const count = Number(process.argv[2] ?? 40)
const copies = Number(process.argv[3] ?? 6)
const wanted = process.argv[4]
const folder = await mkdtemp(join(tmpdir(), 'kindling-quality-'))
const { signal } = new AbortController()

/** What the record shows: all of it is to be dropped. Faults of whole tasks are in `variants.ts`. */
const faults = [said, records, code, calls, tasks].flatMap((kinds): Fault[] => Object.values(kinds).flat())

/** Every so many good ones are no good ones: their images are a benchmark's. */
const asideEvery = 8

interface Planted {
  kind: string
  copy: Trajectory
  /** The row it is a copy of, where one of the two may go. */
  beside?: Trajectory
}

for (const part of parts(count).filter(({ name }) => !wanted || name === wanted)) {
  const cost = await measured(() => report(part))
  console.log(`${part.name}: ${cost.wall.toFixed(0)} s, ${cost.cpu.toFixed(0)} CPU s without the sandbox's\n`)
}
await rm(folder, { recursive: true })

async function report(part: Part) {
  await mkdir(join(folder, part.name), { recursive: true })
  const benchmark = join(folder, part.name, 'benchmark.jsonl')
  await writeFile(benchmark, '')
  const perSource = Math.ceil(copies / part.tasks.length)
  const extra = part.tasks.flatMap(source => variants.map(variant => changed(variant, source, perSource)))
  const config = await chain(part, folder, [...part.tasks, ...extra], benchmark)
  await using store = await openSqliteStore(config.folder)
  const run = await runOn(store, config, { listen: () => {}, signal, asks: 'anybody' })
  const solved = await rollouts(run)
  const originals = solved.filter(({ task }) => !variantOf(task.id))
  const aside = originals.filter((_, index) => index % asideEvery === asideEvery - 1)
  const good = originals.filter(trajectory => !aside.includes(trajectory))
  await writeBenchmark(benchmark, aside, store)
  await printGood(part, good, run)
  const planted = [
    ...(await plantAll(faults, good, run)),
    ...solved.flatMap(copy => ofVariant(copy, good)),
    ...aside.slice(0, copies).map(copy => ({ kind: 're-encoded benchmark image', copy })),
  ]
  for (const [kind, rows] of Map.groupBy(planted, ({ kind }) => kind)) await printFault(kind, rows, run)
  await close(config)
}

/** What the program solved, rightly. */
async function rollouts(run: Run): Promise<Trajectory[]> {
  const { config, store } = run
  const bare = { ...run, config: { ...config, checks: [], filters: [] } }
  const plan = await prepare(bare)
  await solve(plan, bare)
  const found: Trajectory[] = []
  for await (const { value } of store.scan<Trajectory>('trajectories'))
    if (isRight(answerOf(value), value.task)) found.push(value)
  console.log(`${config.name}: ${found.length} of ${plan.total} rollouts are right`)
  return found
}

/** Their images as a benchmark would publish them: another encoding, another size, other questions. */
async function writeBenchmark(path: string, aside: readonly Trajectory[], store: Store) {
  const lines: string[] = []
  for (const [index, { task }] of aside.entries())
    for (const [place, image] of task.images.entries()) {
      const file = `${path}.${index}.${place}.jpg`
      const bytes = sharp(await store.getBlob(image.sha256)).flatten({ background: 'white' })
      await bytes
        .resize(Math.max(64, Math.round(image.width * 0.8)))
        .jpeg({ quality: 75 })
        .toFile(file)
      lines.push(JSON.stringify({ question: `What stands out in picture ${index}?`, images: [file] }))
    }
  await writeFile(path, lines.map(line => `${line}\n`).join(''))
}

async function plantAll(
  kinds: readonly Fault[],
  good: readonly Trajectory[],
  { config, store }: Run,
): Promise<Planted[]> {
  const planted: Planted[] = []
  for (const { name, plant, everywhere } of kinds) {
    let made = 0
    for (const original of candidates(name, good, everywhere)) {
      if (made >= copies && !everywhere) break
      const others = good.filter(each => each !== original)
      const whose = { seed: `${name} ${original.key}`, others }
      const copy = await plant(original, handOf(whose, config, store))
      if (!copy) continue
      made++
      planted.push({ kind: name, copy: { ...copy, key: hashOf([name, original.key]) } })
    }
  }
  return planted
}

/**
 * Rows to plant a kind of fault in, in an order of its own. For one that is everywhere they are those of the source
 * with the most short answers: of a long one a single row tells.
 */
function candidates(kind: string, good: readonly Trajectory[], everywhere = false): Trajectory[] {
  const sources = [...Map.groupBy(good, ({ task }) => task.source.name).values()]
  const short = (rows: readonly Trajectory[]) => rows.filter(row => answerOf(row).length < 4).length
  const [shortest = []] = sources.toSorted((a, b) => short(b) - short(a))
  return (everywhere ? shortest : good).toSorted((a, b) =>
    hashOf([kind, a.key]) < hashOf([kind, b.key]) ? -1 : 1,
  )
}

function ofVariant(copy: Trajectory, good: readonly Trajectory[]): Planted[] {
  const variant = variantOf(copy.task.id)
  if (!variant) return []
  const beside = good.find(({ task }) => task.id === variant.of)
  if (variant.name === 'needless tool') return [{ kind: variant.name, copy }]
  return beside ? [{ kind: variant.name, copy, beside }] : []
}

async function printGood({ name }: Part, good: readonly Trajectory[], run: Run) {
  const dropped = [...(await judged(good, run)).values()].filter(({ verdict }) => !verdict.keep)
  console.log(`${name}: ${good.length} good, dropped falsely: ${dropped.length}`)
  for (const { trajectory, verdict } of dropped)
    if (!verdict.keep) console.log(`  ${trajectory.task.id}: ${shownDrop(verdict).reason}: ${verdict.detail}`)
}

async function printFault(kind: string, rows: readonly Planted[], run: Run) {
  const trajectories = rows.flatMap(({ copy, beside }) => (beside ? [copy, beside] : [copy]))
  const found = await judged([...new Set(trajectories)], run)
  const reasons = rows.map(row => reasonOf(row, found))
  const caught = reasons.filter(reason => reason !== null)
  const share = `${caught.length}/${rows.length}`
  console.log(`  ${kind.padEnd(32)} ${share.padStart(6)}  ${counted(caught)}`)
  for (const [index, { copy }] of rows.entries())
    if (reasons[index] === null) console.log(`    missed: ${copy.task.id}`)
}

/** Why the copy was dropped, or what it is a copy of; null where neither was. */
function reasonOf({ copy, beside }: Planted, found: ReadonlyMap<string, Judged>): string | null {
  for (const row of beside ? [copy, beside] : [copy]) {
    const verdict = found.get(row.key)?.verdict
    if (verdict?.keep === false) return shownDrop(verdict).reason
  }
  return null
}

function counted(reasons: readonly string[]): string {
  return [...Map.groupBy(reasons, reason => reason)]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([reason, { length }]) => `${reason} ${length}`)
    .join(', ')
}
