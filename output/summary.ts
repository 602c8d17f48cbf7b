import { madeBy, searched } from '../checks/reading/made-by.ts'
import { signalsIn } from '../checks/signals/signal.ts'
import type { Measured } from '../filters/filter.ts'
import type { Environment } from '../schemas/cell.ts'
import { type DropReason, shownDrop } from '../schemas/drop.ts'
import { hashOf } from '../schemas/hash.ts'
import { isObject } from '../schemas/json.ts'
import { licenceKey } from '../schemas/licence.ts'
import { type CheckCounts, factCounter } from '../schemas/measurement.ts'
import { droppedBy, type Screening } from '../schemas/screening.ts'
import type { Source, Task } from '../schemas/task.ts'
import type { Consulted, Fact, Named, RolloutOrigin, Trajectory } from '../schemas/trajectory.ts'
import { modelOf } from '../teachers/prices.ts'
import type { ExportRow } from './export.ts'
import type { ShownCount } from './run-about.ts'

export interface Counted {
  rows: number
}
export type CountedDrop = DropReason & Counted

/**
 * A model in its part: a teacher, a judge of a check, or one that a screen asks. `asked` is the name that its config
 * gives the provider, `answered` what the provider called it; null where rows do not say it, as of judges and screens.
 */
export interface Answerer {
  part: 'teacher' | 'judge' | 'screen'
  name: string
  asked: string | null
  answered: string | null
}

/** What became of the tasks that were to be screened. */
export interface ScreeningCounts {
  tasks: number
  sft: number
  rl: number
  dropped: CountedDrop[]
  /** Tasks that could not be screened yet. */
  unscreened: number
}

/**
 * What the rows of an export have in common, counted. Corpora, makers and categories are those of kept rows, sources
 * also those of the pool for reinforcement learning.
 */
export interface Summary {
  rows: number
  kept: number
  rejected: CountedDrop[]
  /** Drops that were passed over, because a person said so. */
  rescued: CountedDrop[]
  /** With an address where all rows of it share one. */
  sources: ({ name: string; licence: string; url: string | null } & Counted)[]
  /** The same rows by their licence, each in one spelling. */
  licences: ({ licence: string } & Counted)[]
  /** How many of these rows ask of no image. */
  withoutImages: number
  /** Whose material searches showed. */
  corpora: ({ provider: string; licence: string } & Counted)[]
  makers: ({ made_by: string; teacher: string; model: string } & Counted)[]
  categories: ({ category: string } & Counted)[]
  /** What the words of kept rows make one suspect, by teacher. */
  signals: ({ teacher: string; signal: string } & Counted)[]
  teachers: Named[]
  /** sha256 of every text, by name. */
  prompts: { name: string; sha256: string }[]
  tools: { name: string; sha256: string }[]
  environments: (Environment & Counted)[]
  /** Every model by the name that it is asked by, and the one that its provider gave it in its replies. */
  models: (Answerer & { replies: number })[]
  /** Services that the calls of rows consulted, with a hash of the options that they were asked with. */
  services: { name: string; options: string; questions: number }[]
  /** What checks said of the rows that they measured, kept or not. */
  checks: CheckCounts[]
  /** Null where nothing was screened. */
  screening: ScreeningCounts | null
  /** Kept rows that were not made here; absent where there is none. */
  elsewhere?: (BroughtFrom & Counted)[]
}

/** Where rows were read that were not made here, and what came of running their code again. */
interface BroughtFrom {
  format: string
  rerun: string
}

const broughtFrom = ({ format, rerun }: RolloutOrigin): BroughtFrom => ({
  format,
  rerun: rerun ? rerun.cause || rerun.verdict : 'recorded',
})

/**
 * Counts distinct things. Its memory grows with the number of kinds, not with the number of rows. Equally frequent
 * kinds are ordered by `shown`, which is what people read of one.
 */
function tally<T extends object>(shown: (thing: T) => object = thing => thing) {
  const seen = new Map<string, T & Counted>()
  // By their text as it is: the same thing mostly comes in the same order of keys.
  const texts = new Map<string, T & Counted>()
  function countedOf(thing: T): T & Counted {
    const key = hashOf(thing)
    const found = seen.get(key) ?? { ...thing, rows: 0 }
    seen.set(key, found)
    return found
  }
  return {
    add(thing: T) {
      const text = JSON.stringify(thing)
      const found = texts.get(text) ?? countedOf(thing)
      texts.set(text, found)
      found.rows++
    },
    /** Most frequent first. */
    counted: () =>
      [...seen.values()]
        .map(({ rows, ...thing }) => ({ rows, thing: thing as unknown as T }))
        .map(({ rows, thing }) => ({ rows, thing, place: hashOf(shown(thing)) }))
        .sort((a, b) => b.rows - a.rows || (a.place < b.place ? -1 : 1))
        .map(({ rows, thing }): T & Counted => ({ ...thing, rows })),
    things: () =>
      [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { rows: _, ...thing }]) => thing as T),
  }
}

const reasonIn = ({ stage, by, reason }: DropReason): DropReason => ({ stage, by, reason })

/** A count of drops for people. */
export const shownCount = ({ rows, ...drop }: CountedDrop): ShownCount => ({ ...shownDrop(drop), rows })

/** Gathers a summary row by row. */
export function summarise() {
  const rows = rowCounter()
  const kept = keptCounter()
  const sources = sourceCounter()
  const rejected = tally(shownDrop)
  const screened = screeningCounter()
  return {
    add({ measured, verdict }: ExportRow) {
      rows.add(measured, verdict.rescued)
      if (!verdict.keep) return rejected.add(reasonIn(verdict))
      kept.add(measured)
      sources.add(measured.trajectory.task)
    },
    /** Null is a task that could not be screened. */
    addTask(screening: Screening | null) {
      screened.add(screening)
      rows.addScreen(screening)
      if (screening?.route === 'rl') sources.add(screening.task)
    },
    /** What is listed stands in the order of the manifest. */
    result(): Summary {
      const { makers, ...ofKept } = kept.counted()
      const { rows: all, rescued, teachers, ...ofRows } = rows.counted()
      const { withoutImages, ...ofSources } = sources.counted()
      const { corpora, categories, signals, elsewhere } = ofKept
      return {
        rows: all,
        kept: ofKept.kept,
        rejected: rejected.counted(),
        rescued,
        teachers,
        makers,
        ...ofRows,
        ...ofSources,
        withoutImages,
        corpora,
        categories,
        signals,
        screening: screened.counted(),
        ...(elsewhere.length > 0 && { elsewhere }),
      }
    },
  }
}

/** What all rows have in common, kept or not. */
function rowCounter() {
  let rows = 0
  const rescued = tally(shownDrop)
  const teachers = tally<Named>()
  const prompts = tally<{ name: string; sha256: string }>()
  const tools = tally<{ name: string; sha256: string }>()
  const environments = tally<Environment>()
  const models = tally<Answerer>()
  const services = tally<{ name: string; options: string }>()
  const checks = factCounter()
  return {
    add({ trajectory, facts }: Measured, passedOver: readonly DropReason[] = []) {
      rows++
      teachers.add(trajectory.teacher)
      environments.add(trajectory.environment)
      checks.add(facts)
      for (const [name, sha256] of Object.entries(trajectory.prompts)) prompts.add({ name, sha256 })
      for (const each of [...teachersIn(trajectory), ...judgesIn(facts)]) models.add(each)
      for (const { service, options } of consultedBy(trajectory)) services.add({ name: service, options })
      for (const tool of trajectory.tools) tools.add({ name: tool.name, sha256: hashOf(tool) })
      for (const drop of passedOver) rescued.add(drop)
    },
    addScreen(screening: Screening | null) {
      for (const { model } of screening?.used ?? [])
        models.add({ part: 'screen', name: model, asked: model, answered: null })
    },
    counted: () => ({
      rows,
      rescued: rescued.counted(),
      teachers: teachers.things(),
      prompts: prompts.things(),
      tools: tools.things(),
      environments: environments.counted(),
      models: models.counted().map(({ rows, ...model }) => ({ ...model, replies: rows })),
      services: services.counted().map(({ rows, ...service }) => ({ ...service, questions: rows })),
      checks: checks.counted(),
    }),
  }
}

/** What kept rows have in common. */
function keptCounter() {
  let kept = 0
  const makers = tally<{ made_by: string; teacher: string; model: string }>()
  const corpora = tally<{ provider: string; licence: string }>()
  const categories = tally<{ category: string }>()
  const signals = tally<{ teacher: string; signal: string }>()
  const elsewhere = tally<BroughtFrom>()
  return {
    add({ trajectory, facts }: Measured) {
      const { task, teacher, turns, origin } = trajectory
      kept++
      for (const { name } of signalsIn(facts) ?? []) signals.add({ teacher: teacher.name, signal: name })
      categories.add({ category: task.category })
      for (const one of searched(turns)) corpora.add(one)
      if (origin) elsewhere.add(broughtFrom(origin))
      const { made_by, models } = madeBy(trajectory)
      for (const model of models) makers.add({ made_by, teacher: teacher.name, model })
    },
    counted: () => ({
      kept,
      makers: makers.counted(),
      corpora: corpora.counted(),
      categories: categories.counted(),
      signals: signals.counted(),
      elsewhere: elsewhere.counted(),
    }),
  }
}

/** Where tasks to train on are from. */
function sourceCounter() {
  let withoutImages = 0
  const sources = sourceTally()
  const licences = tally<{ licence: string }>()
  return {
    add({ source, images }: Task) {
      if (images.length === 0) withoutImages++
      sources.add(source)
      licences.add({ licence: licenceKey(source.licence) })
    },
    counted: () => ({ sources: sources.counted(), licences: licences.counted(), withoutImages }),
  }
}

const teachersIn = ({ teacher, turns }: Trajectory): Answerer[] =>
  turns.map(({ reply }) => ({
    part: 'teacher',
    name: teacher.name,
    asked: modelOf(teacher),
    answered: reply.model,
  }))

/** As their votes in the facts say it. */
const judgesIn = (facts: readonly Fact[]): Answerer[] =>
  facts
    .flatMap(({ data }) => (Array.isArray(data?.votes) ? data.votes : []))
    .filter(vote => isObject(vote))
    .map(({ model }) => ({ part: 'judge', name: String(model), asked: null, answered: null }))

const consultedBy = ({ turns }: Trajectory): Consulted[] =>
  turns.flatMap(({ observations }) => observations.flatMap(({ consulted = [] }) => consulted))

/** Every row may have an address of its own: those are not held. */
function sourceTally() {
  const urls = new Map<string, string | null>()
  const urlOf = (named: { name: string; licence: string }) => urls.get(hashOf(named)) ?? null
  const rows = tally<{ name: string; licence: string }>(named => ({ ...named, url: urlOf(named) }))
  return {
    add({ name, licence, url = null }: Omit<Source, 'url'> & { url?: string | null }) {
      const key = hashOf({ name, licence })
      urls.set(key, !urls.has(key) || urls.get(key) === url ? url : null)
      rows.add({ name, licence })
    },
    counted: () => rows.counted().map(({ rows, ...named }) => ({ ...named, url: urlOf(named), rows })),
  }
}

function screeningCounter() {
  const counts = { tasks: 0, sft: 0, rl: 0, unscreened: 0 }
  const dropped = tally(shownDrop)
  return {
    add(screening: Screening | null) {
      counts.tasks++
      if (!screening) counts.unscreened++
      else if (screening.route === 'drop') dropped.add(reasonIn(droppedBy(screening)))
      else counts[screening.route]++
    },
    counted: (): ScreeningCounts | null =>
      counts.tasks > 0 ? { ...counts, dropped: dropped.counted() } : null,
  }
}
