import type { Random } from '../../examples/demo/random.ts'
import type { Image } from '../../schemas/image.ts'
import type { Trajectory, Turn } from '../../schemas/trajectory.ts'

/** What a fault is planted with. */
export interface Hand {
  chance: Random
  /** One of several ways to say or do it. */
  word<T>(ways: readonly T[]): T
  /** Other good trajectories of the same part. */
  others: readonly Trajectory[]
  /** A turn that really runs code, after all that was run in the turns before it. */
  perform(before: Trajectory, turn: { thought: string; code: string }): Promise<Turn>
  bytes(image: Image): Promise<Uint8Array>
  keep(bytes: Uint8Array): Promise<Image>
}

/** One kind of fault. `plant` gives a copy that is at fault in this and nothing else; null where it cannot be. */
export interface Fault {
  name: string
  /** Planted in all rows of a source, because no row alone shows it. */
  everywhere?: true
  plant(good: Trajectory, hand: Hand): Promise<Trajectory | null> | Trajectory | null
}

/** The copy with one turn changed, counted from 0 or, below 0, from the end. */
export function withTurn(trajectory: Trajectory, index: number, change: (turn: Turn) => Turn): Trajectory {
  return { ...trajectory, turns: trajectory.turns.with(index, change(trajectory.turns.at(index) as Turn)) }
}

/** The same turn with other words. */
export const saying =
  (change: (text: string) => string) =>
  (turn: Turn): Turn => ({ ...turn, reply: { ...turn.reply, text: change(turn.reply.text) } })

/** The copy with turns put in before its last one. */
export const withTurnsBeforeLast = (trajectory: Trajectory, turns: Turn[]): Trajectory => ({
  ...trajectory,
  turns: trajectory.turns.toSpliced(-1, 0, ...turns),
})

/** Without its last turn: what stands before the answer. */
export const untilLast = (trajectory: Trajectory): Trajectory => ({
  ...trajectory,
  turns: trajectory.turns.slice(0, -1),
})

export const answerOf = ({ outcome }: Trajectory): string =>
  outcome.kind === 'answered' ? outcome.answer : ''

/** Where code was run: the turns, counted from 0. */
export const cellTurns = ({ turns }: Trajectory): number[] =>
  turns.flatMap(({ observations }, index) =>
    observations.some(({ data }) => data?.kind === 'cell') ? [index] : [],
  )

/** What came of a turn's first call, as text. */
export const printed = ({ observations: [seen] }: Turn): string =>
  seen?.data?.kind === 'cell' ? seen.data.stdout : JSON.stringify(seen?.data ?? null)

/** Words in the first turn, if that one calls, in any that does, or in the one that answers. */
export const spoken = (
  name: string,
  where: 'first' | 'calling' | 'last',
  words: (text: string, good: Trajectory, hand: Hand) => string,
): Fault => ({
  name,
  plant(good, hand) {
    if (where === 'first' && good.turns.length < 2) return null
    const any = () => hand.chance.integer(0, good.turns.length - 2)
    const index = where === 'last' ? -1 : where === 'first' ? 0 : any()
    const change = saying(text => words(text, good, hand))
    return withTurn(good, index, change)
  },
})
