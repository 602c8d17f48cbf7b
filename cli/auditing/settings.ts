import { answer } from '../../checks/answer.ts'
import { bypass } from '../../checks/bypass.ts'
import { noOpCode } from '../../checks/code/no-op-code.ts'
import { codeErrors } from '../../checks/code-errors.ts'
import { consistency } from '../../checks/consistency.ts'
import { format } from '../../checks/format.ts'
import { grounded } from '../../checks/grounded.ts'
import { inventedObservation } from '../../checks/invented-observation.ts'
import { language } from '../../checks/language.ts'
import { pii } from '../../checks/pii.ts'
import { secrets } from '../../checks/private/secrets.ts'
import { recrop } from '../../checks/recrop.ts'
import { refusal } from '../../checks/refusal.ts'
import { repeatedCall } from '../../checks/repeated-call.ts'
import { repeats } from '../../checks/rerun/repeats.ts'
import { wellFormed } from '../../checks/rerun/well-formed.ts'
import { schema } from '../../checks/schema.ts'
import { signals } from '../../checks/signals.ts'
import { textLeak } from '../../checks/text-leak.ts'
import { thought } from '../../checks/thought.ts'
import { toolsUsed } from '../../checks/tools-used.ts'
import { truncated } from '../../checks/truncated.ts'
import { decontaminated } from '../../filters/decontaminated.ts'
import { duplicates } from '../../filters/duplicates.ts'
import { notFailed } from '../../filters/not-failed.ts'
import { openaiSft } from '../../output/openai/openai-sft.ts'
import { atif } from '../../output/targets/atif.ts'
import { axolotl } from '../../output/targets/axolotl.ts'
import { deepEyesSft } from '../../output/targets/deepeyes-sft.ts'
import { hf } from '../../output/targets/hf.ts'
import { llamaFactory } from '../../output/targets/llama-factory.ts'
import { msSwift } from '../../output/targets/ms-swift.ts'
import { rejected } from '../../output/targets/rejected.ts'
import { sharegpt } from '../../output/targets/sharegpt.ts'
import { trl } from '../../output/targets/trl.ts'
import { verlSft } from '../../output/targets/verl-sft.ts'
import type { Settings } from '../../pipeline/config.ts'
import { ConfigError } from '../../pipeline/errors.ts'
import { settings } from '../../pipeline/settings.ts'
import type { RolloutOptions } from '../../rollouts/options.ts'
import type { RolloutSource } from '../../rollouts/source.ts'
import { bubblewrap } from '../../sandbox/bubblewrap.ts'
import { python } from '../../tools/python.ts'

/** What the command is told, beside what is audited. */
export interface AuditFlags {
  /** A config whose checks, filters, exports and models are taken in place of those that ask nobody. */
  config?: string
  /** The folder in which the run of the audit lies. */
  out?: string
  licence?: string
  images?: string
  profile?: string
  /** The column of the right answer. */
  answer?: string
  /** Files of questions that no row may have. */
  benchmarks?: string
  /** Names of exports, with commas. */
  to?: string
}

/** Targets that a format of rollouts comes back in. */
const sameFormat: Record<string, string> = {
  kindling: 'hf',
  share_gpt: 'llamafactory',
  openai_messages: 'openai',
  ms_swift: 'ms_swift',
  deepeyes_sft: 'deepeyes_sft',
  atif: 'atif',
}

/** Most who write rollouts down write no thoughts: their rows are theirs without them, too. */
const silent = { silent: 'keep' } as const

/** Every target for rollouts. */
const targets = () => [
  llamaFactory(silent),
  msSwift(silent),
  trl(silent),
  axolotl(silent),
  verlSft(silent),
  sharegpt(silent),
  deepEyesSft(),
  openaiSft(),
  atif(),
]

/** Every check that asks no model. `repeats` stands for `reexecutes`, which knows only what ran here. */
const checks = () => [
  ...[
    schema(),
    wellFormed(),
    repeats(),
    answer(),
    codeErrors(),
    noOpCode(),
    thought(),
    grounded(),
    bypass(),
    consistency(),
  ],
  ...[inventedObservation(), recrop(), repeatedCall(), textLeak(), format(), language(), refusal()],
  ...[truncated(), pii(), secrets(), toolsUsed(), signals()],
]

/**
 * What rows of kindling's own have and those of others need not: an answer in its tags, a thought before each call, a
 * tool that was used, the language of the question, no more tokens than DeepEyesV2 reads. It is told, and is no fault.
 */
export const customs: readonly string[] = [
  ...[
    'format/answer_tags',
    'format/too_long',
    'format/turn_without_call',
    'format/parallel_calls',
    'thought',
    'language',
  ],
  ...['tools_used/no_tool', 'grounded/no_observation'],
]

/** What a source of rollouts is told. Throws OptionsError by the source where a value is none that it takes. */
export const rolloutOptions = ({ licence, images, profile, answer }: AuditFlags): RolloutOptions =>
  ({
    ...(licence !== undefined && { licence }),
    ...(images !== undefined && { images }),
    ...(profile !== undefined && { profile }),
    ...(answer !== undefined && { answer }),
  }) as RolloutOptions

/** The run that an audit is: of these rollouts alone. */
export function auditSettings(
  name: string,
  source: RolloutSource,
  flags: AuditFlags,
  own?: Settings,
): Settings {
  const { out = 'runs', benchmarks } = flags
  const base = { name, output: out, tasks: [], teachers: [], rollouts: source }
  if (own) {
    const { folder } = settings({
      ...base,
      tools: own.tools,
      sandbox: own.sandbox,
      checks: [],
      filters: [],
      exports: own.exports,
    })
    return { ...own, name, folder, tasks: [], teachers: [], rollouts: [source] }
  }
  return settings({
    ...base,
    tools: [python()],
    sandbox: bubblewrap(),
    checks: checks(),
    filters: [
      notFailed({ allow: [...customs] }),
      ...(benchmarks === undefined ? [] : [decontaminated({ benchmarks })]),
      // One question may have several rollouts, with whatever ids: only those that say the same are too many.
      duplicates({ by: 'rollout' }),
    ],
    exports: exportsFor(source.name, flags.to),
    limits: { concurrency: 3 },
  })
}

/** Rows as they were decided, the format that they came in, and every other that is wanted. */
function exportsFor(format: string, to?: string) {
  const all = targets()
  const names = all.map(({ name }) => name)
  const wanted = to?.split(',').map(name => name.trim()) ?? names
  const unknown = wanted.find(name => name !== 'hf' && !names.includes(name))
  if (unknown !== undefined)
    throw new ConfigError(`--to ${unknown}: there is no such export; give some of hf, ${names.join(', ')}`)
  const same = sameFormat[format]
  const chosen = all.filter(({ name }) => name === same || wanted.includes(name))
  chosen.sort((a, b) => Number(b.name === same) - Number(a.name === same))
  return [hf(), ...chosen, rejected()]
}
