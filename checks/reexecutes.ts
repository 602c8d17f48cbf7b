import { restarting } from '../sandbox/restarting-session.ts'
import type { Image } from '../schemas/image.ts'
import { parseJson } from '../schemas/json.ts'
import { factory, noOptions } from '../schemas/options.ts'
import { imagesIn } from '../schemas/task.ts'
import type { Observation, ToolCall, Trajectory } from '../schemas/trajectory.ts'
import { validator } from '../schemas/validate.ts'
import { keepAsBefore } from '../tools/refused-pictures.ts'
import { type Tool, type ToolContext, ToolError } from '../tools/tool.ts'
import { Check, type CheckContext, fail, type Measurement, pass } from './check.ts'
import { cellsOf, placeOf } from './code/cells.ts'
import { lowBytesDifference } from './rerun/low-bytes.ts'
import { type Witness, witness } from './rerun/recorded-service.ts'
import { difference, shownDifference } from './rerun/rerun-difference.ts'

/**
 * Every call that can be made again without asking anybody gives what was recorded. Code runs in a fresh sandbox:
 * status, exception and its message, stdout, stderr, result, traceback and the pixels of every image must be those of
 * the record. Memory addresses, the paths of libraries and the seconds in OpenCV's warnings may differ. A difference of
 * code is `environment_differs` if the libraries are not those of the rollout, and `fresh_differs` if it shows only in
 * a Python that has not loaded them yet. Tools that consult services get the services' answers from the run's record.
 * They must ask the same, and every field of every result, and what the teacher was shown of it, must be what was
 * recorded.
 *
 * It cannot see: calls of tools that ask by other ways, such as MCP servers; searches whose answer the record no longer
 * holds, because it is gone or newer. These are counted in the detail.
 */
export const reexecutes = factory(Check, 'reexecutes', noOptions, () => ({
  name: 'reexecutes',
  version: 3,
  options: {},
  async measure(trajectory, context) {
    const stray = cellsOf(trajectory).find(({ cell }) => !cell.reproducible)
    if (stray) return fail('not_reproducible', `${placeOf(stray)} left a thread or a process behind`)
    const { measured, ofCode } = await repeat(trajectory, context, { fresh: true })
    return ofCode ? await blamed(measured, trajectory, context) : measured
  },
}))

interface CallMade {
  turn: number
  call: ToolCall
  before: Observation
  tool: Tool | undefined
}

const callsMade = ({ turns }: Trajectory, tools: readonly Tool[]): CallMade[] =>
  turns.flatMap(({ reply, observations }, turn) =>
    observations.flatMap((before, index) => {
      const call = reply.calls[index]
      const tool = tools.find(({ name }) => name === call?.name)
      return call ? [{ turn: turn + 1, call, before, tool }] : []
    }),
  )

interface Repeated {
  measured: Measurement
  /** Whether code did otherwise, which other libraries may excuse. */
  ofCode: boolean
}

async function repeat(
  trajectory: Trajectory,
  context: CheckContext,
  { fresh }: { fresh: boolean },
): Promise<Repeated> {
  const images = imagesIn(trajectory.question)
  await using session = restarting(context.sandbox, async () => ({
    ...(await context.sessionOptions(trajectory)),
    fresh,
  }))
  const { keep, bytes, signal } = context
  const counts = { cells: 0, searches: 0, silent: 0 }
  for (const step of callsMade(trajectory, context.tools)) {
    const { turn, call, before, tool } = step
    if (before.data?.kind === 'cell') counts.cells++
    const heard = witness(before, context.recall)
    const consult = context.guarded(heard.consult, trajectory)
    const room = keepAsBefore(keep, before.parts)
    const bench: ToolContext = { session: async () => session, images, keep: room, bytes, consult, signal }
    const measured = await repeatCall(step, heard, bench)
    const ofCode = !isServed(tool)
    const place = ofCode ? placeOf({ number: counts.cells, turn }) : `${call.name} (turn ${turn})`
    if (!measured.passed) return { measured: placed(measured, place), ofCode }
    if (heard.silent) counts.silent++
    else if (heard.asked) counts.searches++
    images.push(...imagesIn(before.parts))
  }
  return { measured: pass(told(counts)), ofCode: false }
}

const placed = (measured: Measurement, place: string): Measurement => ({
  ...measured,
  detail: `${place}: ${measured.detail}`,
})

/** Other libraries may do otherwise, and so may a Python in which they are not loaded before the first cell. */
async function blamed(
  measured: Measurement,
  trajectory: Trajectory,
  context: CheckContext,
): Promise<Measurement> {
  if (measured.reason !== 'differs') return measured
  const { environment } = trajectory
  const { hash } = await context.sandbox.describe()
  if (hash !== environment.hash) {
    const where = `(ran in environment ${environment.hash}, this is ${hash})`
    return fail('environment_differs', `${measured.detail} ${where}`)
  }
  // How far code comes before its time is up is chance.
  if (cellsOf(trajectory).some(({ cell }) => cell.status === 'timeout')) return measured
  const again = await repeat(trajectory, context, { fresh: false })
  if (!again.measured.passed) return measured
  const where = '(with the libraries loaded before, as in the rollout, it is as recorded)'
  return fail('fresh_differs', `${measured.detail} ${where}`)
}

const told = ({ cells, searches, silent }: Record<'cells' | 'searches' | 'silent', number>): string =>
  [
    `cells run again: ${cells}`,
    ...(searches > 0 ? [`searches looked up: ${searches}`] : []),
    ...(silent > 0 ? [`searches that could not be looked up: ${silent}`] : []),
  ].join('; ')

const isServed = (tool: Tool | undefined): boolean => (tool?.services?.length ?? 0) > 0

async function repeatCall({ call, before, tool }: CallMade, heard: Witness, bench: ToolContext) {
  if (!tool && before.data?.kind === 'cell') return fail('no_tool', `there is no tool ${call.name} any more`)
  if (!tool || !(tool.stateful || isServed(tool)) || neverRan(before)) return pass()
  bench.signal.throwIfAborted()
  const args = argumentsOf(call, tool)
  if (!args.ok) return fail('differs', `the arguments are wrong now: ${args.field} ${args.message}`)
  const now = await runAgain(tool, args.value, heard, bench)
  if (heard.stranger) return fail('differs', `it asks ${heard.stranger}, which it did not ask then`)
  if (heard.silent) return pass()
  const found = difference(before.data, now?.data ?? null)
  if (found !== null) return fail('differs', found)
  const low = await lowBytesDifference(picturesOf(before.data), picturesOf(now?.data ?? null), bench.bytes)
  if (low !== null) return fail('differs', low)
  const shown = now && shownDifference(before, now)
  return shown ? fail('shown_differs', shown) : pass()
}

const picturesOf = (data: Observation['data']): Image[] => (data?.kind === 'cell' ? data.images : [])

const neverRan = ({ mistake }: Observation): boolean =>
  mistake?.kind === 'unknown_tool' || mistake?.kind === 'bad_arguments'

function argumentsOf(call: ToolCall, tool: Tool) {
  const args = parseJson(call.arguments)
  return args === undefined
    ? ({ ok: false, field: '', message: 'they are not JSON' } as const)
    : validator(tool.args)(args)
}

async function runAgain(tool: Tool, args: unknown, heard: Witness, bench: ToolContext) {
  try {
    return await tool.run(args as never, bench)
  } catch (error) {
    // It does not matter what a tool makes of a question that has no answer here.
    if (error instanceof ToolError || heard.silent || heard.stranger) return null
    throw error
  }
}
