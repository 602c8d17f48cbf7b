import type { Image } from '../../schemas/image.ts'
import { imagesIn } from '../../schemas/task.ts'
import type { Observation, ToolCall, Trajectory } from '../../schemas/trajectory.ts'

/** One reply and what came of it, as rules read it. */
export interface TurnRead {
  /** From 1. */
  turn: number
  /** The visible text; in the last turn what stands before the answer. */
  thought: string
  calls: readonly ToolCall[]
  observations: readonly Observation[]
  /** What its calls gave to read. */
  seen: string
  /** What its calls gave to look at. */
  images: readonly Image[]
}

export const turnsRead = ({ turns }: Trajectory): TurnRead[] =>
  turns.map(({ reply, observations }, index) => ({
    turn: index + 1,
    thought: thoughtIn(reply.text),
    calls: reply.calls,
    observations,
    seen: observations.map(seenIn).filter(Boolean).join('\n'),
    images: observations.flatMap(({ parts }) => imagesIn(parts)),
  }))

/** What stands before the last answer tag. */
export function thoughtIn(text: string): string {
  const at = text.lastIndexOf('<answer>')
  return (at < 0 ? text : text.slice(0, at)).trim()
}

/**
 * What an observation says of its own. For a cell that is what it printed and gave, not the traceback, which repeats
 * the code. For a search it is what was found, not the query. For a mistake it is nothing.
 */
export function seenIn(observation: Observation): string {
  const { data, mistake, parts } = observation
  if (data?.kind === 'cell') {
    const sizes = imagesIn(parts).map(({ width, height }) => `${width}x${height}`)
    return [data.stdout.trim(), data.result ?? '', ...sizes].filter(Boolean).join('\n')
  }
  if (data) return data.results.map(({ id, title, snippet }) => `${title} (${id})\n${snippet}`).join('\n')
  if (mistake) return ''
  return parts.map(part => (part.type === 'text' ? part.text : '')).join('\n')
}

/** JSON text to read words and numbers in: an escaped line's end is no letter before what follows it. */
export const withoutBackslashes = (text: string): string =>
  text.replace(/\\[nrt]/g, ' ').replaceAll('\\"', '"')

/** Whether an observation gave anything at all. */
export const gave = (observation: Observation): boolean =>
  imagesIn(observation.parts).length > 0 || seenIn(observation).trim() !== ''
