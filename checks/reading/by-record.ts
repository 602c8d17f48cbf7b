import type { Mistake, Observation, ToolKind, Trajectory } from '../../schemas/trajectory.ts'
import { kindsOf } from '../../tools/tool.ts'
import { type Check, type CheckContext, couldNotTell, type Measurement } from '../check.ts'

/** Kinds of tools that leave a record of a call beside what was shown: a cell of code, the results of a search. */
export const recordedKinds = ['code', 'image_search', 'text_search'] as const satisfies ToolKind[]
type RecordedKinds = readonly (typeof recordedKinds)[number][]

/**
 * Measures by the records of calls of some kinds. A pass rests on all of them, so it is `no_record` where one is
 * missing. What was found to be wrong rests on those that are there, and stands.
 */
export const byRecord =
  (kinds: RecordedKinds, measure: Check['measure']): Check['measure'] =>
  async (trajectory, context) => {
    const measured = await measure(trajectory, context)
    return (measured.passed && unrecorded(trajectory, context, kinds)) || measured
  }

/**
 * That nobody could tell, if a call of one of these kinds behind a turn (from 1) ran and its record is missing. What a
 * tool is for that the config does not have is not known: it may have been any of them.
 */
export function unrecorded(
  { turns }: Trajectory,
  context: Pick<CheckContext, 'tools'>,
  kinds: RecordedKinds,
  after = 0,
): Measurement | undefined {
  const bare = turns.flatMap(({ reply, observations }, index) =>
    observations.flatMap((seen, place) =>
      index >= after && isBare(seen) ? [{ turn: index + 1, name: reply.calls[place]?.name ?? '' }] : [],
    ),
  )
  if (bare.length === 0) return undefined
  const known = kindsOf(context.tools)
  const missing = bare.find(({ name }) => [undefined, ...kinds].some(kind => kind === known.get(name)))
  return missing && couldNotTell('no_record', `${missing.name} (turn ${missing.turn}) left no record`)
}

/** It ran, and what came of it is not there for machines. */
const isBare = ({ data, mistake }: Observation): boolean => data === null && !(mistake && neverRan(mistake))

const neverRan = ({ kind }: Mistake): boolean => kind !== 'code_error'
