import type { Cell } from '../../schemas/cell.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'

/** A Python cell and where it stands. Both numbers count from 1. */
export interface PlacedCell {
  turn: number
  number: number
  cell: Cell
}

/** Every cell that ran, in order. */
export function cellsOf(trajectory: Trajectory): PlacedCell[] {
  const ran = trajectory.turns.flatMap(({ observations }, turn) =>
    observations.flatMap(({ data }) => (data?.kind === 'cell' ? [{ turn: turn + 1, cell: data }] : [])),
  )
  return ran.map((place, index) => ({ ...place, number: index + 1 }))
}

/** How a person finds it. */
export const placeOf = ({ number, turn }: Pick<PlacedCell, 'number' | 'turn'>): string =>
  `cell ${number} (turn ${turn})`
