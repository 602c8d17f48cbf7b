import { restarting } from '../sandbox/restarting-session.ts'
import { stateOf } from '../schemas/measurement.ts'
import { factory, noOptions } from '../schemas/options.ts'
import { imagesIn } from '../schemas/task.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import { keepAsBefore } from '../tools/refused-pictures.ts'
import type { Tool, ToolContext } from '../tools/tool.ts'
import { Check, type CheckContext, couldNotTell, fail, type Measurement, pass } from './check.ts'
import { cellsOf, type PlacedCell, placeOf } from './code/cells.ts'
import { witness } from './rerun/recorded-service.ts'
import { type CallMade, type Made, repeatCall } from './rerun/repeat-call.ts'

/**
 * Every call that can be made again without asking anybody gives what was recorded. Code runs in a fresh sandbox:
 * status, exception and its message, stdout, stderr, result, traceback and the pixels of every image must be those of
 * the record. Memory addresses, the paths of libraries and the seconds in OpenCV's warnings may differ. A difference of
 * code is `environment_differs` if the libraries are not those of the rollout, and `fresh_differs` if it shows only in
 * a Python that has not loaded them yet. Tools that consult services get the services' answers from the run's record.
 * They must ask the same, and every field of every result, and what the teacher was shown of it, must be what was
 * recorded. Tools that say they are `repeatable` must show the same again.
 *
 * If nothing differs, it could still not tell in three cases. The record of a call is missing, or that of what a
 * service said to it, because it is gone or newer (`no_record`). The tool is gone (`no_tool`). There were calls, and
 * none could be made again (`not_repeatable`).
 *
 * It cannot see: calls of tools that ask by other ways, such as MCP servers, beside others that were made again. These
 * are counted in the detail.
 */
export const reexecutes = factory(Check, 'reexecutes', noOptions, () => ({
  name: 'reexecutes',
  version: 4,
  options: {},
  async measure(trajectory, context) {
    const stray = cellsOf(trajectory).find(({ cell }) => !cell.reproducible)
    if (stray) return fail('not_reproducible', `${placeOf(stray)} left a thread or a process behind`)
    const { measured, ofCode } = await repeat(trajectory, context, { fresh: true })
    return ofCode ? await blamed(measured, trajectory, context) : measured
  },
}))

const callsMade = ({ turns, origin }: Trajectory, tools: readonly Tool[]): CallMade[] =>
  turns.flatMap(({ reply, observations }, turn) =>
    observations.flatMap((before, index) => {
      const call = reply.calls[index]
      const tool = tools.find(({ name }) => name === call?.name)
      return call ? [{ turn: turn + 1, call, before, tool, foreign: origin?.rerun !== undefined }] : []
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
  const counts = { cells: 0, searches: 0, others: 0, silent: 0, beyond: 0, never: 0 }
  const cells = cellsOf(trajectory)
  let gap: Measurement | undefined
  for (const step of callsMade(trajectory, context.tools)) {
    const { before, tool } = step
    const heard = witness(before, context.recall)
    const consult = context.guarded(heard.consult, trajectory)
    const room = keepAsBefore(keep, before.parts)
    const bench: ToolContext = { session: async () => session, images, keep: room, bytes, consult, signal }
    const { made, measured } = await repeatCall(step, heard, bench)
    counts[made]++
    const found = placed(measured, placeIn(cells, step))
    if (stateOf(found) === 'failed') return { measured: found, ofCode: tool?.stateful ?? false }
    if (stateOf(found) === 'could_not_tell') gap ??= found
    images.push(...imagesIn(before.parts))
  }
  return { measured: gap ?? summed(counts), ofCode: false }
}

/** A cell by its number among all, any other call by its name. */
function placeIn(cells: readonly PlacedCell[], { before, call, turn }: CallMade): string {
  const place = cells.find(({ cell }) => cell === before.data)
  return place ? placeOf(place) : `${call.name} (turn ${turn})`
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

type Counts = Record<Made, number>

/** A pass that rests on no call, where there were some, is none. */
function summed(counts: Counts): Measurement {
  const { cells, searches, others, silent, beyond } = counts
  if (cells + searches + others > 0) return pass(told(counts))
  if (silent + beyond === 0) return pass('none')
  return couldNotTell(silent > 0 ? 'no_record' : 'not_repeatable', told(counts))
}

const told = ({ cells, searches, others, silent, beyond }: Counts): string =>
  [
    `cells run again: ${cells}`,
    ...(searches > 0 ? [`searches looked up: ${searches}`] : []),
    ...(others > 0 ? [`other calls made again: ${others}`] : []),
    ...(silent > 0 ? [`searches that could not be looked up: ${silent}`] : []),
    ...(beyond > 0 ? [`calls that cannot be made again: ${beyond}`] : []),
  ].join('; ')
