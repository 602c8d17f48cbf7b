import { hashOf } from '../../schemas/hash.ts'
import type { TaskList } from '../../tasks/task-list.ts'
import { ConfigError } from '../errors.ts'
import { isRefreshing } from '../generation.ts'
import { sharedBy, sharedByAll, whoIsAsked } from '../plan.ts'
import { type Conditions, conditions } from '../rollout-conditions.ts'
import type { Run } from '../run.ts'
import { dollars } from '../spend/purse.ts'
import { pricesOf } from '../spend/spending.ts'
import { withoutImages } from '../without-images.ts'
import { factsAgain } from './facts-again.ts'
import { missingIn } from './missing-work.ts'
import { conditionsKey, rolloutsAgain } from './rollouts-again.ts'
import { screeningsAgain } from './screenings-again.ts'
import { type Again, acceptAll } from './work-again.ts'

/** Says yes or no to doing stored work again. `message` says which work, why and at what cost. */
export type Accept = (message: string) => Promise<boolean>

/**
 * Before anybody is asked: what of the stored work would be done again because something else is asked now? It is said,
 * and where it is not for nothing it has to be accepted, once: a run that is killed then goes on. Throws ConfigError
 * where it is not.
 */
export async function ensureAccepted(list: TaskList, run: Run, accept: Accept): Promise<void> {
  const { config, store } = run
  const shared = sharedByAll(run)
  const id = `config/${hashOf({ fingerprint: list.fingerprint, shared, ...whoIsAsked(config) })}`
  if (await store.get('accepted', id)) return
  const again = (await isRefreshing(store)) ? [] : await boughtAgain(list, run)
  const message = sentence(again)
  if (again.some(({ usd }) => usd !== 0) && !(await accept(message)))
    throw new ConfigError(
      `${message}; accept it with --accept-changes, take the change back, or give the config another name`,
    )
  if (again.length > 0) run.listen({ kind: 'warning', message })
  await acceptAll(again, store)
  for (const told of [config, withoutImages(config)])
    await store.put<Conditions>(
      'accepted',
      conditionsKey(sharedBy({ ...run, config: told })),
      conditions(told),
    )
  await store.put('accepted', id, true)
}

/**
 * The stored work that is to be done again: the same task was solved, screened or measured, and something else is asked
 * now. New tasks, samples, teachers and checks do not count, nor does work that failed.
 */
async function boughtAgain(list: TaskList, run: Run): Promise<Again[]> {
  const prices = await pricesOf(run.config)
  const missing = await missingIn(list, run)
  const all = [
    await rolloutsAgain(missing.rollouts, run, prices),
    await screeningsAgain(missing.screenings, run, prices),
    ...(await factsAgain(missing.facts, run.store, prices)),
  ]
  return all.filter(({ keys }) => keys.length > 0)
}

/** What is done again, why, and at what cost, in one line. */
export function sentence(again: readonly Again[]): string {
  const parts = again.map(({ what, keys, usd, because }) => {
    const cost = usd === null ? 'what it costs is not known' : `at most ${dollars(usd)}`
    const many = keys.length === 1 ? what : what.replace(/^\w+/, '$&s')
    return `${keys.length} ${many} (${cost}) because of ${because.join(', ')}`
  })
  return `something else is asked now than for what is stored, so this is done again: ${parts.join('; ')}`
}
