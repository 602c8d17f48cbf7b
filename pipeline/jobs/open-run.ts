import type { Environment } from '../../schemas/cell.ts'
import { makeFolder, unmakeFolder } from '../../store/folder.ts'
import type { Limiter } from '../../store/limiter.ts'
import type { Store } from '../../store/store.ts'
import { keepAnswerers } from '../ask/answerers.ts'
import { type Clock, realClock } from '../ask/clock.ts'
import { openAsking } from '../ask/open-asking.ts'
import { openBatches } from '../batch/batches.ts'
import { demandReady, modelsOf, refuseUncallable, type Settings, warningsOf } from '../config.ts'
import type { Deadline } from '../deadline.ts'
import { rungs } from '../decide/teacher-ladder.ts'
import { beginTime, generationOf } from '../generation.ts'
import { measuredBy, type SessionAbout } from '../leading/chunk.ts'
import { watched } from '../leading/watch.ts'
import { storedOnly } from '../offline/stored-replies.ts'
import type { Listener } from '../progress.ts'
import { withModels } from '../rollout/models-asked.ts'
import { observer } from '../rollout/observe.ts'
import type { Run } from '../run.ts'
import { keepPrices } from '../spend/kept-prices.ts'
import type { SharedSpending } from '../spend/shared-purse.ts'
import { pricesOf } from '../spend/spending.ts'
import { lockedInTime } from './lock-in-time.ts'

/** What a run is opened for. */
export interface Opening {
  listen: Listener
  signal: AbortSignal
  /** Whom it may ask: `nobody` is answered from the store alone. */
  asks: 'anybody' | 'nobody'
  /** Ask everything anew; a refresh that was begun and is not done is gone on with. */
  refresh?: boolean | undefined
  /** The name of this time of a run that is done again and again. */
  slot?: string | undefined
  /** Milliseconds to wait for another process that works on the run: none by default. */
  wait?: number | undefined
  deadline?: Deadline | undefined
  /** Puts into its store what is to be there before anything looks at it. */
  bring?: ((store: Store, config: Settings, signal: AbortSignal) => Promise<void>) | undefined
  /** What asking waits by: the real one if none is given. */
  clock?: Clock | undefined
  /** Where the config has workers, have them solve and measure. Without, this process does it all. */
  leads?: boolean | undefined
}

/** What the processes of a run share, beside its store. */
interface Shared {
  limiter?: Limiter | undefined
  shared?: SharedSpending | undefined
}

/**
 * Open a run for this process alone. Disposing of it lets go of teachers, tools and the sandbox. A refused run leaves
 * no folder.
 */
export async function openRun(config: Settings, opening: Opening): Promise<Run & AsyncDisposable> {
  await using stack = new AsyncDisposableStack()
  await config.store.ready?.(config.folder)
  const made = makeFolder(config.folder)
  const warn = (message: string) => opening.listen({ kind: 'warning', message })
  stack.use(await lockedInTime(config, opening))
  let used = false
  stack.defer(() => {
    if (made !== undefined && !used) unmakeFolder(config.folder, made)
  })
  const store = stack.use(await config.store.open(config.folder, warn))
  stack.defer(async () => {
    used = await isUsed(store)
  })
  await opening.bring?.(store, config, opening.signal)
  await keepPrices(config)
  const leading = opening.asks === 'anybody' ? await lead(config, opening, stack) : undefined
  const limiter = leading?.pool.limiter ?? stack.use(config.store.limiter(config.shared ?? config.folder))
  usePlugins(config, stack)
  const { clock = realClock } = opening
  const shared = leading && { funds: leading.pool.funds, clock }
  const run = await runOn(store, config, { ...opening, limiter, shared })
  const leader = opening.leads ? leading?.leader : undefined
  await leader?.begin(sessionOf(run))
  const open = stack.move()
  return { ...run, leader, [Symbol.asyncDispose]: () => open.disposeAsync() }
}

/** The sandbox and all else that a config opens is let go of with the run. */
export function usePlugins(config: Settings, stack: AsyncDisposableStack): void {
  stack.use(config.sandbox)
  for (const plugin of [...modelsOf(config), ...config.tools]) stack.defer(async () => plugin.close?.())
}

/** Be the one process that leads the workers of a run, also where it works alone: money and rates are shared. */
async function lead({ workers, name }: Settings, opening: Opening, stack: AsyncDisposableStack) {
  if (!workers) return undefined
  const { clock = realClock, listen, signal } = opening
  const pool = stack.use(await workers.join(name))
  const leader = await pool.lead(signal)
  return { pool, leader: stack.use(opening.leads ? watched(leader, { pool, clock, listen }) : leader) }
}

/** What workers go by. */
const sessionOf = ({ generation, config, deadline }: Run): SessionAbout => ({
  generation,
  limited: (config.limits.budgetUsd ?? config.maxCostUsd) !== undefined,
  until: deadline ? Math.round(Date.now() + deadline.left()) : null,
  checks: measuredBy(config),
})

/**
 * Whether anything was screened, planned, asked or brought in. A refused run leaves nothing else, and another run makes
 * that again.
 */
async function isUsed(store: Store): Promise<boolean> {
  const counts = await Promise.all(
    (['plan', 'screenings', 'calls', 'searches', 'rescues', 'parts'] as const).map(store.count),
  )
  return counts.some(count => count > 0)
}

/** A run on a store that is open. Throws ConfigError where the config cannot be asked, before anybody is. */
export async function runOn(
  store: Store,
  config: Settings,
  { listen, asks, clock = realClock, limiter, shared, deadline, ...opening }: Opening & Shared,
): Promise<Run> {
  // A signal cuts work off, or a deadline some time after it.
  const signal = deadline ? AbortSignal.any([opening.signal, deadline.cut]) : opening.signal
  if (asks === 'anybody') {
    rungs(config)
    refuseUncallable(config)
    await pricesOf(config)
    demandReady(config)
    for (const message of warningsOf(config)) listen({ kind: 'warning', message })
  }
  await beginTime(store, opening, listen)
  const generation = await generationOf(store)
  if (asks === 'anybody' && (await store.count('replies')) === 0) await keepAnswerers(store, generation)
  const batches = openBatches(config, store, { signal, clock, listen, generation })
  const { around } = batches
  let described: Promise<Environment> | undefined
  const run = {
    config,
    store,
    listen,
    signal,
    generation,
    batches,
    deadline,
    ...(await openAsking(config, store, { listen, generation, limiter, clock, around, deadline, shared })),
    observe: observer(config.tools),
    environment: () => (described ??= config.sandbox.describe()),
  }
  return withModels(asks === 'anybody' ? run : storedOnly(run))
}
