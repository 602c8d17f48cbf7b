import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Check, CheckContext, Measurement } from '../../checks/check.ts'
import { shareOf } from '../../checks/judges/interval.ts'
import { signalsOf } from '../../checks/signals/signal.ts'
import { recalling } from '../../pipeline/ask/service-answers.ts'
import { keepOrNull, sessionOptions } from '../../pipeline/rollout/tool-contexts.ts'
import { type ExportedRow, exportedRows } from '../../rollouts/hf.ts'
import { bubblewrap } from '../../sandbox/bubblewrap.ts'
import { restarting } from '../../sandbox/restarting-session.ts'
import type { Sandbox, Session } from '../../sandbox/sandbox.ts'
import { stateOf } from '../../schemas/measurement.ts'
import { imagesIn } from '../../schemas/task.ts'
import type { ToolKind, Trajectory } from '../../schemas/trajectory.ts'
import { DamagedPicture } from '../../store/errors.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import type { Store } from '../../store/store.ts'
import { python } from '../../tools/python.ts'
import type { Tool } from '../../tools/tool.ts'
import { freeChecks } from './chain.ts'

/**
 * How often each check and each signal strikes on real transcripts, apart for right and for wrong ones: nobody planted
 * what these do, and no rule was written by them. They are read in the columns of `hf`, as Parquet or JSON Lines, from
 * files and folders that you name; they are other people's, and stay where they are. The first line has the rows with
 * calls that any check drops, but for `answer`, which is the label, and `thought`, which can be asked for again.
 *
 * A row is right by its column `right` (true or false; null is neither) where it has one, and by the check `answer`
 * otherwise. One without a `record` has nothing but its texts: what code did, nobody can tell.
 *
 * `node bench/quality/transcripts.ts <file or folder> [...] [--tools ocr=other,python=code] [--show check/reason]`; a
 * tool of `other` kind leaves no record beside what it showed, and `*` stands for all that are not named; with `--show`,
 * each right row with that alarm is named, to be read by hand.
 */
const { positionals: places, values } = parseArgs({
  allowPositionals: true,
  options: { tools: { type: 'string', default: 'python=code' }, show: { type: 'string' } },
})
const known: ToolKind[] = ['code', 'image_search', 'text_search', 'other']
const kinds = new Map(values.tools.split(',').map(kindNamed))

type Label = 'right' | 'wrong' | 'neither'

/** What a check made of a row: an alarm by name, or that it could not tell. */
interface Strike {
  name: string
  detail: string
  unclear: boolean
}

const folder = await mkdtemp(join(tmpdir(), 'kindling-transcripts-'))
const store = await openSqliteStore(folder)
const sandbox = bubblewrap()
const analysis = restarting(sandbox, async () => ({ files: {}, prelude: '', seed: 0 }))
const context = contextOf(store, sandbox, analysis)
const rows: Record<Label, number> = { right: 0, wrong: 0, neither: 0 }
const calling = { ...rows }
const from: Record<ExportedRow['from'], number> = { record: 0, columns: 0, changed: 0 }
const strikes = new Map<string, Record<Label | 'unclear', number>>()
const any = '= any, of rows with calls'

for await (const row of exportedRows(places, store)) {
  if ('problem' in row) console.log(`${row.place}: ${row.problem}`)
  else await count(row)
}
console.log(
  `${sum(rows)} rows: ${rows.right} right, ${rows.wrong} wrong, ${rows.neither} neither; ` +
    `${from.record} whole, ${from.columns} without a record, ${from.changed} changed since`,
)
console.log(`${'check/reason'.padEnd(44)} ${'right'.padEnd(34)} ${'wrong'.padEnd(34)} could not tell`)
for (const [name, of] of [...strikes].sort(([a], [b]) => (a < b ? -1 : 1)))
  console.log(`${name.padEnd(44)} ${rate(name, of, 'right')} ${rate(name, of, 'wrong')} ${of.unclear}`)
for (const each of [analysis, sandbox, store]) await each[Symbol.asyncDispose]()
await rm(folder, { recursive: true })

async function count(row: ExportedRow) {
  const found = await Promise.all(freeChecks().map(check => struck(check, row)))
  const label = labelOf(row, found)
  const calls = row.trajectory.turns.some(({ reply }) => reply.calls.length > 0)
  rows[label]++
  from[row.from]++
  if (calls) calling[label]++
  const all = found.flat()
  const drops = all.some(({ name, unclear }) => !unclear && !/^(signals|answer|thought)\//.test(name))
  const headline = calls && drops ? [{ name: any, detail: '', unclear: false }] : []
  for (const { name, detail, unclear } of [...all, ...headline]) {
    const of = strikes.get(name) ?? { right: 0, wrong: 0, neither: 0, unclear: 0 }
    strikes.set(name, of)
    of[unclear ? 'unclear' : label]++
    if (name === values.show && label === 'right') console.log(`${row.trajectory.task.id}: ${detail}`)
  }
}

function kindNamed(given: string): [name: string, kind: ToolKind] {
  const [name = '', said] = given.split('=')
  const kind = known.find(each => each === said)
  if (name && kind) return [name, kind]
  console.error(`--tools ${given}: give a tool's name, = and its kind: ${known.join(', ')}`)
  process.exit(2)
}

/** Of the tools that a row was offered, those whose kind is known. */
function toolsOf({ tools }: Trajectory): Tool[] {
  return tools.flatMap(({ name }) => {
    const kind = kinds.get(name) ?? kinds.get('*')
    return kind ? [{ ...python(), name, kind }] : []
  })
}

/** A check that cannot read what it needs, such as a picture that is not there, cannot tell. */
async function struck(check: Check, { trajectory }: ExportedRow): Promise<Strike[]> {
  try {
    const measured = await check.measure(trajectory, { ...context, tools: toolsOf(trajectory) })
    return [...alarms(check, measured), ...signalsOf(measured).map(seen => signal(seen.name, seen.words))]
  } catch (error) {
    if (!(error instanceof DamagedPicture)) throw error
    return [{ name: `${check.name}/no_picture`, detail: error.message, unclear: true }]
  }
}

function alarms({ name }: Check, measured: Measurement): Strike[] {
  const { reason, detail } = measured
  const state = stateOf(measured)
  return state === 'passed'
    ? []
    : [{ name: `${name}/${reason}`, detail, unclear: state === 'could_not_tell' }]
}

function signal(name: string, detail: string): Strike {
  return { name: `signals/${name}`, detail, unclear: false }
}

function labelOf({ row }: ExportedRow, found: readonly Strike[][]): Label {
  if (row.right === true || row.right === false) return row.right ? 'right' : 'wrong'
  if ('right' in row) return 'neither'
  return found.flat().some(({ name }) => name.startsWith('answer/')) ? 'wrong' : 'right'
}

/** With Wilson's interval, which holds the true rate in 19 of 20 cases. */
function rate(name: string, of: Record<Label, number>, label: Label): string {
  const all = (name === any ? calling : rows)[label]
  const { estimate, low, high } = shareOf({ right: of[label], of: all })
  const percent = (share: number) => (100 * share).toFixed(1)
  const share = `${percent(estimate)} % (${percent(low)} to ${percent(high)})`
  return `${`${of[label]} of ${all}`.padStart(12)}  ${share.padEnd(20)}`
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, each) => total + each, 0)
}

function contextOf(store: Store, sandbox: Sandbox, analysis: Session): CheckContext {
  const unasked = () => Promise.reject(new Error('no model is asked'))
  return {
    sandbox,
    tools: [],
    sessionOptions: trajectory => sessionOptions(imagesIn(trajectory.question), store),
    analysis: async () => analysis,
    keep: bytes => keepOrNull(store, bytes),
    bytes: image => store.getBlob(image.sha256),
    recall: recalling(store, 0),
    guarded: consult => consult,
    models: { ask: unasked, attempt: unasked },
    signal: new AbortController().signal,
  }
}
