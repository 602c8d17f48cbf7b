import type { Cell } from '../../schemas/cell.ts'
import type { Observation, Trajectory } from '../../schemas/trajectory.ts'
import type { CheckContext } from '../check.ts'
import { type Analysed, analysed, read } from './analysis.ts'
import { cellsOf } from './cells.ts'

const analyser = read('printed_constants.py')

/** The trajectory as it would be if its cells had not printed what stands in their code as it is. */
export async function withoutConstants(
  trajectory: Trajectory,
  context: CheckContext,
): Promise<Analysed<Trajectory>> {
  const codes = cellsOf(trajectory).map(({ cell }) => cell.code)
  const found = await analysed<string[][]>(analyser, codes, context)
  if (!found.ok) return found
  const constants = found.value.values()
  const turns = trajectory.turns.map(turn => ({
    ...turn,
    observations: turn.observations.map(seen => without(seen, constants)),
  }))
  return { ok: true, value: { ...trajectory, turns } }
}

function without(seen: Observation, constants: Iterator<string[]>): Observation {
  const { data } = seen
  return data?.kind === 'cell' ? { ...seen, data: stripped(data, constants.next().value ?? []) } : seen
}

/** Texts stand in the output in the order in which they were printed, the value of the last expression at its end. */
function stripped(cell: Cell, texts: readonly string[]): Cell {
  const last = texts.at(-1)
  const isResult = last !== undefined && (cell.result === last || cell.result === `'${last}'`)
  const printed = isResult ? texts.slice(0, -1) : texts
  let [done, rest] = ['', cell.stdout]
  for (const text of printed) {
    const at = placeIn(rest, text)
    if (at < 0) continue
    done += rest.slice(0, at)
    rest = rest.slice(at + text.length)
  }
  return { ...cell, stdout: done + rest, result: isResult ? null : cell.result }
}

/** Where a text stands by itself, not within a word or a number. */
function placeIn(output: string, text: string): number {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return output.search(new RegExp(`(?<![\\p{L}\\p{N}]|\\d\\.)${escaped}(?![\\p{L}\\p{N}]|\\.\\d)`, 'u'))
}
