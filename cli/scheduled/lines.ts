import Type, { type Static, type TProperties } from 'typebox'
import { stages } from '../../pipeline/progress.ts'
import { exits } from '../exits.ts'
import { Now } from '../watching/tally.ts'

/** What commands print with `--json`: `docs/schedules.md` lists it for readers. */

const closed = <Properties extends TProperties>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })
/** With keys of the command's own beside these. */
const open = <Properties extends TProperties>(properties: Properties) => Type.Object(properties)
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Count = Type.Integer({ minimum: 0 })
const Usd = orNull(Type.Number({ minimum: 0 }))
const Stage = Type.Enum([...stages])
const Iso = Type.String({ pattern: String.raw`^\d{4}-\d\d-\d\dT[\d:.]+Z$` })
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })

/** On stderr, while a command works. */
export const ProgressLine = Type.Union([
  closed({ kind: Type.Literal('stage'), stage: Stage, total: orNull(Count) }),
  closed({
    kind: Type.Literal('done'),
    stage: Stage,
    done: Count,
    already: Count,
    failed: Count,
    total: orNull(Count),
    usd: Usd,
    task: Type.Optional(Type.String()),
    ms: Type.Optional(Count),
  }),
  closed({ kind: Type.Literal('now'), ...Now.properties }),
  closed({ kind: Type.Literal('again'), why: Type.String(), number: Count, most: Count }),
  closed({ kind: Type.Literal('fetching'), what: Type.String(), bytes: Count, whole: orNull(Count) }),
  closed({ kind: Type.Literal('sending'), what: Type.String(), bytes: Count, whole: Count }),
  closed({ kind: Type.Literal('waiting'), rollouts: Count }),
  closed({ kind: Type.Enum(['note', 'warning', 'rescue']), message: Type.String() }),
])

const ending = {
  kind: Type.Literal('result'),
  command: Type.String(),
  /** When the process began, and for how long it was at work. */
  started: Iso,
  seconds: Type.Number({ minimum: 0 }),
  /** The exit status. */
  status: Type.Integer({ minimum: 0 }),
  meaning: Type.Enum([...Object.values(exits)]),
}
const Ending = closed(ending)
export type Ending = Static<typeof Ending>

const head = {
  ...ending,
  /** The name, and the slot if there is one: `demo@2026-11-30`. */
  id: Type.String(),
  name: Type.String(),
  /** The newest that was begun. */
  slot: orNull(Type.String()),
  /** USD of this command; null where a model or a service has no price. */
  usdNow: Usd,
}
const Head = closed(head)
export type Head = Static<typeof Head>

const dataset = {
  counts: closed({
    tasks: Count,
    trajectories: Count,
    answered: Count,
    kept: Count,
    /** By stage and reason, such as `passed/answer_wrong`. */
    dropped: Type.Record(Type.String(), Count),
  }),
  /** What each target of the export that is shown made of the kept rows: `declined` by reason. */
  targets: Type.Array(
    closed({ name: Type.String(), rows: Count, declined: Type.Record(Type.String(), Count) }),
  ),
  /** USD of the run over all times. */
  usd: Usd,
  /** Where it is loaded from. */
  export: Type.String(),
  /** What lies there: its folder, and its number where exports are numbered; null where there is none. */
  exported: orNull(closed({ path: Type.String(), number: orNull(Type.String()) })),
  hashes: closed({ manifest: orNull(Sha256) }),
}
const Dataset = closed(dataset)
export type Dataset = Static<typeof Dataset>

/** The last line on stdout of a command that came to its end. */
export const ResultLine = Type.Union([
  open({ ...head, command: Type.Enum(['run', 'merge', 'curate', 'export', 'rescue']), ...dataset }),
  closed({
    ...head,
    command: Type.Literal('run'),
    /** Of `run --shard`: from 1, and where it is kept. */
    part: closed({ index: Count, of: Count, folder: Type.String() }),
    tasks: Count,
    planned: Count,
    rollouts: Count,
    open: Count,
    usd: Usd,
  }),
  open({ ...head, command: Type.Literal('plan'), forecast: open({ tasks: Count, pilot: Count }) }),
  open({ ...head, command: Type.Literal('replay'), rollouts: Count, same: Type.Array(Type.String()) }),
  open({ ...head, command: Type.Literal('flips'), same: Count, gone: Count, new: Count }),
  open({
    ...ending,
    command: Type.Literal('diff'),
    before: open({}),
    after: open({}),
    gate: Type.Array(open({})),
  }),
  open({
    ...ending,
    command: Type.Literal('push'),
    to: Type.String(),
    export: closed({
      path: Type.String(),
      name: Type.String(),
      number: orNull(Type.String()),
      manifest: Sha256,
    }),
    pushed: Type.Boolean(),
    needed: Type.Boolean(),
    at: Type.String(),
    bytes: Count,
    files: Type.Array(open({ does: Type.String(), path: Type.String(), bytes: Count })),
    licences: Type.Array(open({ licence: Type.String(), whose: Type.String(), rows: Count })),
    notes: Type.Array(Type.String()),
  }),
  open({
    ...ending,
    command: Type.Literal('stats'),
    funnel: open({}),
    costs: open({}),
    targets: Type.Array(open({})),
  }),
  open({ ...ending, command: Type.Literal('status'), run: Type.String(), working: Type.Boolean() }),
  open({ ...ending, command: Type.Literal('gc'), run: Type.String(), removed: Type.Boolean(), bytes: Count }),
  open({ ...ending, command: Type.Literal('searches'), services: Type.Array(open({})) }),
  open({ ...ending, command: Type.Literal('verify'), ok: Type.Boolean(), faults: Type.Array(open({})) }),
  closed({ ...ending, command: Type.Literal('doctor'), findings: Count }),
  /** `rescue --list`, which does no job. */
  closed({ ...ending, command: Type.Enum(['show', 'rescue']), rows: Count }),
])

/** The same of one that failed. */
export const ErrorLine = closed({
  kind: Type.Literal('error'),
  command: Type.String(),
  name: Type.Optional(Type.String()),
  usd: Type.Optional(Usd),
  started: Iso,
  seconds: Type.Number({ minimum: 0 }),
  status: Type.Integer({ minimum: 1 }),
  message: Type.String({ minLength: 1 }),
})
