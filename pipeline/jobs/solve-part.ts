import { taskList } from '../../tasks/task-list.ts'
import type { Accept } from '../accept/agreement.ts'
import type { Settings } from '../config.ts'
import { measured } from '../decide/measured-rows.ts'
import { preparing } from '../decide/prepared-rows.ts'
import { ConfigError } from '../errors.ts'
import { endRefresh } from '../generation.ts'
import { askedIn, notePart, type PartRecord, tasksSum } from '../merge/part-record.ts'
import type { Plan } from '../plan.ts'
import type { Run } from '../run.ts'
import { partFolder, partName, partShare, type RunPart } from '../run-part.ts'
import { screeningKeys } from '../screen/screenings.ts'
import { dollars } from '../spend/purse.ts'
import { verify } from '../verify/verify.ts'
import { solveTaken, takeAccepted } from './solve-and-decide.ts'

/** What a part holds. */
export interface PartCounts {
  tasks: number
  /** Rollouts that are planned, at most, and that are there. */
  planned: number
  rollouts: number
  /** Rollouts, screenings and facts that failed for reasons outside the teacher. */
  open: number
}

/** A config for one part of its run. Throws ConfigError where a part alone could not tell what to solve. */
export function asPart(config: Settings, part: RunPart): Settings {
  if (config.fill)
    throw new ConfigError(
      'fill: it counts the rows of all tasks, and no part knows those of the others; leave out `fill`, or --shard',
    )
  if (config.workers)
    throw new ConfigError(
      'workers: parts know nothing of each other, and no worker would be led by one; leave out `workers`, or --shard',
    )
  return { ...config, part, folder: partFolder(config.folder, part) }
}

/**
 * Solve and check the tasks of one part. What needs all of them is left to the merge: selectors, decisions and exports.
 * Run again, it goes on from where it was.
 */
export async function solvePart(part: RunPart, run: Run, accept: Accept): Promise<PartCounts> {
  const { store, config, generation } = run
  run.listen({ kind: 'note', message: aboutPart(part, config) })
  const list = await takeAccepted(run, accept)
  const sum = tasksSum()
  for await (const task of taskList(store, list.fingerprint)) sum.add(task)
  const record: PartRecord = {
    ...part,
    asked: askedIn(config),
    generation,
    tasks: sum.sum(),
    finished: false,
  }
  await notePart(store, record)
  const plan = await solveTaken(list, run)
  await verify(plan, run, preparing(run))
  run.deadline?.lift()
  await endRefresh(store)
  await notePart(store, { ...record, finished: true })
  const counts = await countsOf(plan, run)
  return { tasks: list.count, ...counts, open: counts.open + (await unscreened(list.fingerprint, run)) }
}

function aboutPart(part: RunPart, { folder, limits: { budgetUsd }, maxCostUsd }: Settings): string {
  const share = (usd: number, of: string) =>
    `${dollars(partShare(usd, part))} of the ${dollars(usd)} of ${of}`
  const shares = [
    ...(budgetUsd === undefined ? [] : [share(budgetUsd, 'limits.budgetUsd')]),
    ...(maxCostUsd === undefined ? [] : [share(maxCostUsd, '--max-cost')]),
  ]
  const money = shares.length > 0 ? `; it may spend ${shares.join(' and ')}` : ''
  return `${partName(part)}: the tasks whose ids hash to it, kept in ${folder}${money}`
}

async function countsOf(plan: Plan, run: Run): Promise<Omit<PartCounts, 'tasks'>> {
  let [rollouts, open] = [0, 0]
  for await (const { trajectory, facts } of measured(plan, run)) {
    rollouts++
    const { kind } = trajectory.outcome
    if (kind === 'failed' || (kind === 'answered' && facts.length < run.config.checks.length)) open++
  }
  return { planned: plan.total, rollouts, open }
}

/** Tasks whose models could not be asked. */
async function unscreened(fingerprint: string, run: Run): Promise<number> {
  if (run.config.screens.length === 0) return 0
  const keyOf = screeningKeys(run)
  let count = 0
  for await (const task of taskList(run.store, fingerprint))
    if ((await run.store.get('screenings', keyOf(task))) === undefined) count++
  return count
}
