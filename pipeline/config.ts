import Type, { type Static } from 'typebox'
import { Check } from '../checks/check.ts'
import { FilterOrSelector, Quotas } from '../filters/selector.ts'
import { AnyExport } from '../output/export.ts'
import { ExportGuard } from '../output/guard.ts'
import { Lengths } from '../output/length/lengths.ts'
import { Prompt } from '../prompts/prompt.ts'
import { RolloutSource } from '../rollouts/source.ts'
import { Sandbox } from '../sandbox/sandbox.ts'
import { closed, count, filledText, from0, trueOrFalse, usd } from '../schemas/options.ts'
import { Screen } from '../screens/screen.ts'
import { StoreKind } from '../store/store.ts'
import { TaskSource } from '../tasks/source.ts'
import { Teacher } from '../teachers/teacher.ts'
import { LeakGuard } from '../tools/leaks.ts'
import type { Service } from '../tools/service.ts'
import { kindsOf, Tool } from '../tools/tool.ts'
import { WorkerPool } from '../workers/worker-pool.ts'
import { ConfigError } from './errors.ts'
import type { RunPart } from './run-part.ts'

/**
 * How many pictures tools may show. Those of the question do not count. The defaults keep requests below the 32 MB, and
 * the 100 pictures, that Anthropic takes at most (https://platform.claude.com/docs/en/build-with-claude/vision).
 */
export const PictureLimits = closed({
  /** Megabytes (of 1,000,000 bytes) of one call; 12 by default. */
  callMegabytes: Type.Optional(count),
  /** Millions of pixels of one call; 50 by default, which is what one picture may have. */
  callMegapixels: Type.Optional(count),
  /** Megabytes of a whole rollout; 20 by default. */
  megabytes: Type.Optional(count),
  /** Millions of pixels of a whole rollout; 150 by default. */
  megapixels: Type.Optional(count),
  /** Pictures of a whole rollout; 80 by default. */
  count: Type.Optional(count),
})
export type PictureLimits = Static<typeof PictureLimits>

export const RunLimits = closed({
  /** Replies a teacher may give to one task. */
  turns: count,
  /** Rollouts, and checks, at work at once. */
  concurrency: count,
  /** Tokens of one reply. */
  maxTokens: count,
  /** How many pictures tools may show. What is over that is not shown, and the teacher is told. */
  pictures: Type.Optional(PictureLimits),
  /**
   * How often in a rollout a teacher is reminded that a call needs a rationale, and how often that an answer needs its
   * tags: never by default. A call without a rationale is not made, and its reply counts as one of `turns`.
   */
  reminders: Type.Optional(from0),
  /** USD that this run may cost over all times that it is run. Never exceeded. Without it there is no limit. */
  budgetUsd: Type.Optional(usd),
})
export type RunLimits = Static<typeof RunLimits>

export const Prompts = closed({
  system: Prompt,
  /** What the system prompt says about tools for code, where there are any. It calls them by the prompt's own name. */
  python: Prompt,
  question: Prompt,
})
export type Prompts = Static<typeof Prompts>

const wantedTasks = "a task source such as jsonl('tasks.jsonl', {…}), or a list of them"

/** What a user writes. */
export const Config = closed({
  /** The run's name: its folder under `output`. */
  name: Type.String({
    pattern: /^(?!\.+$)[\w.-]+$/,
    description: 'a folder name of letters, digits, - and _',
  }),
  tasks: Type.Union([TaskSource, Type.Array(TaskSource)], { description: wantedTasks }),
  /** What looks at every task before a teacher is paid for it, in this order, until one decides. None by default. */
  screens: Type.Optional(Type.Array(Screen)),
  teachers: Type.Array(Teacher),
  /** Rollouts that were made elsewhere, beside tasks and teachers or in their place; both may then be empty. */
  rollouts: Type.Optional(Type.Union([RolloutSource, Type.Array(RolloutSource)])),
  tools: Type.Array(Tool),
  sandbox: Sandbox,
  checks: Type.Array(Check),
  /** In order; a selector sees the rows that those before it kept. */
  filters: Type.Array(FilterOrSelector),
  exports: Type.Array(AnyExport),
  /** Solve only until so many rows of each stratum pass the checks and the filters of single rows. */
  fill: Type.Optional(Quotas),
  /** What an export has to hold to take the place of the one before; else that stays, and the command ends with 7. */
  guard: Type.Optional(ExportGuard),
  /** For which student the lengths of rows are told: the family of Qwen2.5-VL by default, texts estimated. */
  lengths: Type.Optional(Lengths),
  /** Keep only so many of the newest numbered exports, and the one that is shown. All of them by default. */
  keepExports: Type.Optional(count),
  /** Keeps search results from teachers that would give a task or a benchmark away. */
  leaks: Type.Optional(LeakGuard),
  /** Ask no service: answer every search from the store. A rollout that needs another one fails and names it. */
  frozen: Type.Optional(trueOrFalse),
  limits: Type.Optional(Type.Partial(RunLimits)),
  prompts: Type.Optional(Type.Partial(Prompts)),
  /** A price file of your own, like teachers/prices.json; what it does not name is looked up there. */
  prices: Type.Optional(filledText),
  /** What the run is kept in: SQLite and files of the run's folder by default. */
  store: Type.Optional(StoreKind),
  /** Where workers meet that share the run: `kindling run` leads, and each `kindling worker` does a part of it. */
  workers: Type.Optional(WorkerPool),
  /** The folder that runs are kept in, `runs` by default. As all paths of a config it begins in the config's folder. */
  output: Type.Optional(filledText),
  /**
   * The folder where processes keep their teachers' rates together, the run's own by default. Runs that name one share
   * it.
   */
  shared: Type.Optional(filledText),
})
export type Config = Static<typeof Config>

/** A config with every default filled in. */
export interface Settings
  extends Omit<Config, 'limits' | 'prompts' | 'output' | 'tasks' | 'screens' | 'store' | 'rollouts'> {
  tasks: TaskSource[]
  rollouts: RolloutSource[]
  screens: Screen[]
  limits: RunLimits
  prompts: Prompts
  store: StoreKind
  /** The run's folder, or that of the part. */
  folder: string
  /** Only the tasks of this part are solved, for its share of the money; nothing is decided. */
  part?: RunPart | undefined
  /** Replace an export that holds rows by one without any. */
  allowEmpty?: boolean
  /** Show an export that `guard` refuses. */
  acceptDrift?: boolean
  /** USD that this process may spend on it. Never exceeded. Without it there is no limit but that of all times. */
  maxCostUsd?: number | undefined
  /** Take what sources that lie elsewhere hold now, and not what the run read first. */
  newest?: boolean | undefined
}

/** Every model that a run may ask, each once. */
export const modelsOf = ({ teachers, checks, screens = [] }: Models): Teacher[] => [
  ...new Set([...teachers, ...[...screens, ...checks].flatMap(({ models = [] }) => models)]),
]
type Models = Pick<Config, 'teachers' | 'checks' | 'screens'>

/** Every service that a run's tools consult, each once. */
export const servicesOf = ({ tools }: Pick<Config, 'tools'>): Service[] => [
  ...new Set(tools.flatMap(({ services = [] }) => services)),
]

/**
 * Throws if a model or a service could not be asked, for instance for want of a key. Reading from the store needs none.
 */
export function demandReady(
  config: Pick<Config, 'teachers' | 'checks' | 'screens' | 'tools' | 'frozen'>,
): void {
  for (const model of modelsOf(config)) model.ready?.()
  if (!config.frozen) for (const service of servicesOf(config)) service.ready?.()
}

/** Throws ConfigError if a model could never call one of the run's tools. */
export function refuseUncallable(config: Models & Pick<Config, 'tools'>): void {
  const kinds = kindsOf(config.tools)
  for (const model of modelsOf(config)) {
    const why = model.uncallable?.(kinds)
    if (why !== undefined) throw new ConfigError(why)
  }
}

/** What its models have to say before they are asked, each line once. */
export const warningsOf = (config: Models): ReadonlySet<string> =>
  new Set(modelsOf(config).flatMap(model => model.warnings?.() ?? []))

export const defineConfig = (config: Config): Config => config
