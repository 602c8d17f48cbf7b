import { join } from 'node:path'
import type { Check } from '../../checks/check.ts'
import { hashOf } from '../../schemas/hash.ts'
import type { Database } from '../../store/database.ts'
import type { TaskList } from '../../tasks/task-list.ts'
import { ConfigError } from '../errors.ts'
import { isRefreshing } from '../generation.ts'
import { sharedBy, sharedByAll, whoIsAsked } from '../plan.ts'
import { type Conditions, conditions } from '../rollout-conditions.ts'
import type { Run } from '../run.ts'
import { dollars } from '../spend/purse.ts'
import { pricesOf } from '../spend/spending.ts'
import { withoutImages } from '../without-images.ts'
import { costOfAll, otherFacts } from './facts-again.ts'
import { madeBefore } from './made-before.ts'
import { type Missing, missingIn } from './missing-work.ts'
import { conditionsKey, rolloutsAgain } from './rollouts-again.ts'
import { screeningsAgain } from './screenings-again.ts'
import { type Again, openWorkAgain, type Piece } from './work-again.ts'

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
  await using temporary = await config.store.temporary(join(config.folder, 'accepting.sqlite'))
  const work = openWorkAgain(store, temporary.table)
  const again = (await isRefreshing(store)) ? [] : await boughtAgain(list, run, { ...temporary, work })
  const message = sentence(again)
  if (again.some(({ usd }) => usd !== 0) && !(await accept(message)))
    throw new ConfigError(
      `${message}; accept it with --accept-changes, take the change back, or give the config another name`,
    )
  if (again.length > 0) run.listen({ kind: 'warning', message })
  await work.accept()
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
async function boughtAgain(list: TaskList, run: Run, { table, work }: Lists): Promise<Again[]> {
  const { config, store } = run
  if ((await store.count('trajectories')) + (await store.count('screenings')) === 0) return []
  const prices = await pricesOf(config)
  const made = madeBefore(store, table)
  const screeningAgain = screeningsAgain(made, run, prices)
  const rolloutAgain = await rolloutsAgain(made, run, prices)

  async function pieceOf(missing: Missing): Promise<Piece | undefined> {
    if (missing.kind === 'screening') return screeningAgain(missing)
    if (missing.kind === 'rollout') return rolloutAgain(missing)
    const because = await otherFacts(missing.check, missing.key, store)
    return because.length > 0 ? { key: missing.key, usd: 0, because } : undefined
  }

  for await (const missing of missingIn(list, run)) {
    const piece = await pieceOf(missing)
    if (piece) await work.add(missing.kind === 'fact' ? factOf(missing.check) : missing.kind, piece)
  }
  const all = [work.of('rollout'), work.of('screening')]
  for (const check of config.checks) {
    const facts = work.of(factOf(check))
    all.push(facts && { ...facts, usd: await costOfAll(check, store, prices) })
  }
  return all.filter(again => again !== undefined)
}

interface Lists {
  table: Database
  work: ReturnType<typeof openWorkAgain>
}

const factOf = ({ name }: Check) => `fact of ${name}`

/** What is done again, why, and at what cost, in one line. */
export function sentence(again: readonly Again[]): string {
  const parts = again.map(({ what, count, usd, because }) => {
    const cost = usd === null ? 'what it costs is not known' : `at most ${dollars(usd)}`
    const many = count === 1 ? what : what.replace(/^\w+/, '$&s')
    return `${count} ${many} (${cost}) because of ${because.join(', ')}`
  })
  return `something else is asked now than for what is stored, so this is done again: ${parts.join('; ')}`
}
