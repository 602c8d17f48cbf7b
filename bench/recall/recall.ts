import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { reexecutes } from '../../checks/reexecutes.ts'
import { auditSettings, customs, rolloutOptions } from '../../cli/auditing/settings.ts'
import { notFailed } from '../../filters/not-failed.ts'
import type { Decision, ExportRow } from '../../output/export.ts'
import { decideAll } from '../../pipeline/decide/decide.ts'
import { runOn } from '../../pipeline/jobs/open-run.ts'
import { planOf, takeIn } from '../../pipeline/jobs/prepare.ts'
import type { Run } from '../../pipeline/run.ts'
import { rerunRollouts } from '../../pipeline/taking/rerun-rollouts.ts'
import { type ReadSource, takenPath } from '../../pipeline/taking/take-rollouts.ts'
import { verify } from '../../pipeline/verify/verify.ts'
import { formats } from '../../rollouts/detect.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { stateOf } from '../../schemas/measurement.ts'
import type { Fact, Trajectory } from '../../schemas/trajectory.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import type { Store } from '../../store/store.ts'
import { judged } from '../quality/judging.ts'
import { type Foreign, nameOf, rowAt, type Told, writeForeign } from './foreign.ts'
import { picturesOf } from './own-targets.ts'
import { keepInFiles } from './picture-folder.ts'
import { type RowFault, writeBroken } from './row-faults.ts'

/** A rollout, and the kind of fault that was planted in it; null in a good one. */
export interface Case {
  id: string
  kind: string | null
  trajectory: Trajectory
  /** That of its row, where the rollout itself has none. */
  fault?: RowFault
}

/** What an audit says of a row: which checks found something wrong, and which could not tell, with why. */
export interface Said {
  found: string[]
  untold: string[]
  /** What its file does not hold. */
  lacks: readonly string[]
}

/** What became of a case in a format. */
export type Outcome =
  | { kind: 'found'; by: string[] }
  /** What found it natively cannot tell of the row, and says so. */
  | { kind: 'untold'; why: string[] }
  /** Its row is noted to lack what the good rows have. */
  | { kind: 'lacking'; what: string[] }
  /** Nothing found it, and nothing said that it could not. */
  | { kind: 'missed'; by: string[] }
  /** The row says the same as the good one: no word of the format tells the fault. */
  | { kind: 'not_held' }
  /** The format has no words for what the rollout does, or writes it with the fault taken out. */
  | { kind: 'not_written' }

export interface Recalled {
  format: string
  /** By the id of each case that was found natively. */
  outcomes: Map<string, Outcome>
  /** Ids of good cases that were kept natively, and in which something was found. */
  falselyDropped: Map<string, string[]>
}

/** What is found natively in each case, by its id. */
export async function nativeFindings(cases: readonly Case[], run: Run): Promise<Map<string, string[]>> {
  const checks = auditSettings('native', nothing, {}).checks.map(check =>
    check.name === 'repeats' ? reexecutes() : check,
  )
  const strict = { ...run, config: { ...run.config, checks, filters: [notFailed({ allow: [...customs] })] } }
  const found = await judged(
    cases.flatMap(({ trajectory, fault }) => (fault ? [] : [trajectory])),
    strict,
  )
  return new Map(
    cases.map(({ id, trajectory: { key }, fault }) => {
      if (fault) return [id, [fault.by]]
      const row = found.get(key)
      return [id, row ? foundIn(row.facts, row.verdict) : ['unread']]
    }),
  )
}

const nothing = { name: 'nothing', options: {}, async *read() {} }

const foundIn = (facts: readonly Fact[], verdict: Decision): string[] => {
  const wrong = facts.filter(fact => stateOf(fact) === 'failed' && !isCustom(fact))
  const names = wrong.map(({ check, reason }) => `${check}/${reason}`)
  return names.length > 0 || verdict.keep ? names : [`${verdict.stage}/${verdict.reason}`]
}

const isCustom = ({ check, reason }: Fact): boolean =>
  customs.includes(check) || customs.includes(`${check}/${reason}`)

/** How cases are written and read: below a folder, with the pictures of a store, in one jail for all formats. */
export interface Writing {
  folder: string
  store: Store
  sandbox: Sandbox
}

/** The cases as a format has them, audited, and compared with what was found natively. */
export async function recallIn(
  format: Foreign,
  cases: readonly Case[],
  native: ReadonlyMap<string, string[]>,
  writing: Writing,
): Promise<Recalled> {
  const pictures = await keepInFiles(
    cases.flatMap(({ trajectory }) => picturesOf(trajectory)),
    writing,
  )
  await writeBroken(writing.folder)
  const written: (Case & { row: JsonObject | null })[] = []
  for (const each of cases) written.push({ ...each, row: await rowOf({ ...each, ...pictures }, format) })
  const rows = written.filter(({ row }) => row !== null)
  const path = await writeForeign(
    format,
    rows.flatMap(({ row }) => (row === null ? [] : [row])),
    writing.folder,
  )
  const said = await audited(path, format, { ...writing, folder: join(writing.folder, format.format) })
  const numberOf = (id: string) => rows.findIndex(each => each.id === id) + 1
  const usual = new Set(
    cases.flatMap(({ id, kind }) => (kind === null ? (said.get(numberOf(id))?.lacks ?? []) : [])),
  )
  const outcomes = new Map<string, Outcome>()
  const falselyDropped: Recalled['falselyDropped'] = new Map()
  for (const { id, kind, row } of written) {
    const before = native.get(id) ?? []
    const now = said.get(numberOf(id))
    if (kind !== null && before.length > 0) outcomes.set(id, outcomeOf(before, row, now, usual))
    if (kind === null && before.length === 0 && now && now.found.length > 0) falselyDropped.set(id, now.found)
  }
  return { format: nameOf(format), outcomes, falselyDropped }
}

/** A case as its format writes it, with the fault of its row where it has one. */
async function rowOf(told: Told & Case, format: Foreign): Promise<JsonObject | null> {
  const { fault } = told
  const row = await format.row(told)
  return row && fault ? fault.row(row, told) : row
}

function outcomeOf(
  before: readonly string[],
  row: JsonObject | null,
  now: Said | undefined,
  usual: ReadonlySet<string>,
): Outcome {
  if (row === null) return { kind: 'not_written' }
  if (!now) return { kind: 'not_held' }
  if (now.found.length > 0) return { kind: 'found', by: now.found }
  const names = new Set(before.map(each => sameCheck(each.split('/')[0] ?? '')))
  const why = now.untold.filter(each => names.has(each.split('/')[0] ?? ''))
  if (why.length > 0) return { kind: 'untold', why }
  const what = now.lacks.filter(each => !usual.has(each))
  if (what.length > 0) return { kind: 'lacking', what }
  return row.altered === true ? { kind: 'not_written' } : { kind: 'missed', by: [...before] }
}

/** What was made here is run again by another check than what was made elsewhere. */
const sameCheck = (name: string): string => (name === 'reexecutes' ? 'repeats' : name)

/** What an audit says of each row of a file, by its number. */
async function audited(
  path: string,
  foreign: Foreign,
  { folder, sandbox }: Writing,
): Promise<Map<number, Said>> {
  const { format, answer } = foreign
  await mkdir(folder, { recursive: true })
  const profile = format === 'deepeyes_sft' ? {} : { profile: 'kindling' }
  const flags = { answer, out: folder, ...profile }
  const source = formats[format].make(path, rolloutOptions(flags))
  const config = { ...auditSettings('audit', source, { ...flags, to: 'hf' }), sandbox }
  const filters = [notFailed({ allow: [...customs] })]
  await using store = await openSqliteStore(config.folder)
  const { signal } = new AbortController()
  const run = await runOn(store, { ...config, filters }, { listen: () => {}, signal, asks: 'nobody' })
  const list = await takeIn(run)
  const plan = await planOf(list, run)
  await rerunRollouts(plan, run)
  await verify(plan, run)
  const said = new Map<number, Said>()
  for await (const row of decideAll(plan, run))
    said.set(rowAt(foreign, row.measured.trajectory.origin ?? nowhere), saidOf(row))
  const { sources } = JSON.parse(await readFile(takenPath(config.folder), 'utf8')) as {
    sources: ReadSource[]
  }
  for (const { place } of sources.flatMap(({ faults }) => faults))
    said.set(rowAt(foreign, placed(place)), { found: ['reading/unread_row'], untold: [], lacks: [] })
  return said
}

const nowhere = { file: '', row: 0 }

const placed = (place: string) => {
  const [, file = place, row = '0'] = /^(.*):(\d+)$/.exec(place) ?? []
  return { file, row: Number(row) }
}

function saidOf({ measured: { trajectory, facts }, verdict }: ExportRow): Said {
  const untold = facts.filter(fact => stateOf(fact) === 'could_not_tell')
  return {
    found: foundIn(facts, verdict),
    untold: untold.map(({ check, reason }) => `${check}/${reason}`),
    lacks: trajectory.origin?.lacks ?? [],
  }
}
