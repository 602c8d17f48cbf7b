import { eachAffordable } from '../affordable.ts'
import { BudgetError, DeadlineError } from '../errors.ts'
import type { Planned } from '../plan.ts'
import type { Run } from '../run.ts'
import { asChunkDone, type Chunk, type ChunkDone } from './chunk.ts'

/** Chunks that are handed out at once: more than workers take, so that none of them waits for the leader. */
const most = 256

/** So few keys in a chunk that it is split among all in the end, and so many that the queue stays small. */
const sizeFor = (total: number) => Math.min(100, Math.max(1, Math.ceil(total / 256)))

/** What is to be done, of how many at most. */
interface Part extends Omit<Chunk, 'keys'> {
  total: number
}

/**
 * Have workers do a part of the plan, as far as money and time last: `told` hears what came of each chunk, and of which
 * keys. Throws BudgetError or DeadlineError when all that was begun is over.
 */
export async function handOut(
  items: AsyncIterable<Pick<Planned, 'key'>>,
  { total, ...part }: Part,
  run: Run,
  told: (done: ChunkDone, keys: readonly string[]) => void,
): Promise<void> {
  const { leader } = run
  if (!leader) throw new Error('nobody leads')
  const hand = async (keys: string[], signal: AbortSignal) => {
    run.deadline?.check()
    const done = asChunkDone(await leader.hand({ ...part, keys }, signal))
    told(done, keys)
    if (done.usedUp) throw errorOf(done.usedUp)
  }
  await eachAffordable(chunksOf(items, sizeFor(total)), most, hand, run.signal)
}

const errorOf = ({ what, text }: NonNullable<ChunkDone['usedUp']>) =>
  what === 'money' ? new BudgetError(text) : new DeadlineError(text)

async function* chunksOf(items: AsyncIterable<Pick<Planned, 'key'>>, size: number): AsyncGenerator<string[]> {
  let keys: string[] = []
  for await (const { key } of items) {
    keys.push(key)
    if (keys.length < size) continue
    yield keys
    keys = []
  }
  if (keys.length > 0) yield keys
}
