import type { Image } from '../../schemas/image.ts'
import { parseJson } from '../../schemas/json.ts'
import type { Observation, ToolCall } from '../../schemas/trajectory.ts'
import { validator } from '../../schemas/validate.ts'
import { type Tool, type ToolContext, ToolError } from '../../tools/tool.ts'
import { couldNotTell, fail, type Measurement, pass } from '../check.ts'
import { lowBytesDifference } from './low-bytes.ts'
import type { Witness } from './recorded-service.ts'
import { difference, shownDifference } from './rerun-difference.ts'

/** A call and what came of it, in a turn by its number from 1. `tool` is the one of that name now. */
export interface CallMade {
  turn: number
  call: ToolCall
  before: Observation
  tool: Tool | undefined
  /** What was shown was written by others, in words of theirs: only what code did is compared. */
  foreign?: boolean
}

/** How a call was made again, or why not. `silent` is a search whose answer is not in the record, `never` ran then. */
export type Made = 'cells' | 'searches' | 'others' | 'silent' | 'beyond' | 'never'

/**
 * Makes a call again and compares. It could not tell where the tool is gone, where the record does not hold what came
 * of the call (`data`), or what a service said to it; of a call that failed there is nothing to hold against it.
 */
export async function repeatCall(
  step: CallMade,
  heard: Witness,
  bench: ToolContext,
): Promise<{ made: Made; measured: Measurement }> {
  const { call, before, tool } = step
  if (neverRan(before)) return { made: 'never', measured: pass() }
  if (tool && canRepeat(tool)) {
    const measured = await measureAgain(tool, step, heard, bench)
    return { made: madeAs(before, heard), measured }
  }
  const isGone = !tool && before.data !== null
  const measured = isGone ? couldNotTell('no_tool', `there is no tool ${call.name} any more`) : pass()
  return { made: 'beyond', measured }
}

const neverRan = ({ mistake }: Observation): boolean =>
  mistake !== null && ['unknown_tool', 'bad_arguments', 'no_rationale'].includes(mistake.kind)

const canRepeat = ({ stateful, services = [], repeatable = false }: Tool): boolean =>
  stateful || services.length > 0 || repeatable

function madeAs({ data }: Observation, { silent, asked }: Witness): Made {
  if (data?.kind === 'cell') return 'cells'
  if (silent) return 'silent'
  return asked ? 'searches' : 'others'
}

async function measureAgain(
  tool: Tool,
  { call, before, foreign = false }: CallMade,
  heard: Witness,
  bench: ToolContext,
): Promise<Measurement> {
  bench.signal.throwIfAborted()
  const args = argumentsOf(call, tool)
  if (!args.ok) return fail('differs', `the arguments are wrong now: ${args.field} ${args.message}`)
  const now = await runAgain(tool, args.value, heard, bench)
  if (heard.stranger) return fail('differs', `it asks ${heard.stranger}, which it did not ask then`)
  if (heard.silent && before.mistake) return pass()
  if (heard.silent) return couldNotTell('no_record', 'what its service said then is not in the record')
  if (isBare(before) && now?.data) return couldNotTell('no_record', 'what came of it is not in the record')
  return compared(before, now, { bench, foreign })
}

/** It was no failure of the tool's, and nothing is there for machines. */
const isBare = ({ data, mistake }: Observation): boolean => data === null && mistake?.kind !== 'tool_error'

type Now = Awaited<ReturnType<Tool['run']>> | null

async function compared(
  before: Observation,
  now: Now,
  { bench, foreign }: { bench: ToolContext; foreign: boolean },
): Promise<Measurement> {
  const found = difference(before.data, now?.data ?? null)
  if (found !== null) return fail('differs', found)
  const low = await lowBytesDifference(picturesOf(before.data), picturesOf(now?.data ?? null), bench.bytes)
  if (low !== null) return fail('differs', low)
  if (!now && !before.mistake) return fail('differs', 'it fails now')
  const shown = now && !foreign && shownDifference(before, now)
  return shown ? fail('shown_differs', shown) : pass()
}

const picturesOf = (data: Observation['data']): Image[] => (data?.kind === 'cell' ? data.images : [])

function argumentsOf(call: ToolCall, tool: Tool) {
  const args = parseJson(call.arguments)
  return args === undefined
    ? ({ ok: false, field: '', message: 'they are not JSON' } as const)
    : validator(tool.args)(args)
}

/** Null where the tool refuses. */
async function runAgain(tool: Tool, args: unknown, heard: Witness, bench: ToolContext): Promise<Now> {
  try {
    return await tool.run(args as never, bench)
  } catch (error) {
    // It does not matter what a tool makes of a question that has no answer here.
    if (error instanceof ToolError || heard.silent || heard.stranger) return null
    throw error
  }
}
