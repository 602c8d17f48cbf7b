import { canonicalJson } from '../../schemas/hash.ts'
import type { Image } from '../../schemas/image.ts'
import { imagesIn } from '../../schemas/task.ts'
import type { Observation, Trajectory, Turn } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import type { Tool } from '../../tools/tool.ts'
import { NotStored, ToolFailure } from '../errors.ts'
import { turnKey } from '../plan.ts'
import type { MadeCall, Run } from '../run.ts'

/**
 * What calls without state gave in the run of `source`, failures too; their images are put into `store`. Such a tool is
 * never called, because it could ask somebody. Throws NotStored for a call that was never made.
 */
export function recordedIn(
  source: Store,
  store: Store,
  tools: readonly Tool[],
): NonNullable<Run['recorded']> {
  const stateless = new Set(tools.filter(({ stateful }) => !stateful).map(({ name }) => name))

  async function bring(images: readonly Image[]) {
    for (const { sha256 } of source === store ? [] : images) await store.putBlob(await source.getBlob(sha256))
  }

  return async made => {
    if (!stateless.has(made.call.name)) return undefined
    const turn = await source.get<Turn>('turns', turnKey(made.rollout, made.turn))
    const before = turn?.observations[made.index]
    if (!before || canonicalJson(turn.reply.calls[made.index]) !== canonicalJson(made.call))
      throw await failureOf(made, source)
    await bring(imagesOf(before))
    return before
  }
}

/** What a call gave in the run of `source`. */
export const storedBefore =
  (source: Store): NonNullable<Run['before']> =>
  async made => {
    const turn = await source.get<Turn>('turns', turnKey(made.rollout, made.turn))
    return turn?.observations[made.index]
  }

const imagesOf = ({ parts, data }: Observation): Image[] => [
  ...imagesIn(parts),
  ...(data?.kind === 'results' ? data.results.flatMap(({ image }) => image ?? []) : []),
]

async function failureOf({ rollout, turn }: MadeCall, source: Store): Promise<Error> {
  const trajectory = await source.get<Trajectory>('trajectories', rollout)
  const outcome = trajectory?.turns.length === turn ? trajectory.outcome : undefined
  if (outcome?.kind === 'failed' && outcome.at === 'tool') return new ToolFailure(outcome.message)
  return new NotStored('search', turn + 1)
}
