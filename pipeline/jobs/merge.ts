import type { ExportCounts } from '../../output/write.ts'
import type { Store } from '../../store/store.ts'
import { type TaskList, taskList } from '../../tasks/task-list.ts'
import type { Settings } from '../config.ts'
import { ConfigError } from '../errors.ts'
import { endRefresh } from '../generation.ts'
import {
  type FoundPart,
  foundParts,
  type GivenParts,
  missingParts,
  numbersSaid,
} from '../merge/found-parts.ts'
import { joinStores } from '../merge/join-stores.ts'
import { tasksSum } from '../merge/part-record.ts'
import type { Run } from '../run.ts'
import { partName, partOfTask } from '../run-part.ts'
import { rerunRollouts } from '../taking/rerun-rollouts.ts'
import { decideAndExport } from './decide-and-export.ts'
import { planOf, takeIn } from './prepare.ts'

/** Put into a run's store what its parts hold. Throws as `foundParts`, before anything is put. */
export const bringParts =
  (parts: GivenParts) =>
  async (store: Store, config: Settings, signal: AbortSignal): Promise<void> =>
    joinStores(await foundParts(config, parts), store, config, signal)

/**
 * Decide about the rows of all parts, which are in the run's store, and export them. Throws ConfigError where a part
 * solved other tasks than belong to it now.
 */
export async function decideParts(parts: GivenParts, run: Run): Promise<ExportCounts> {
  const found = await foundParts(run.config, parts)
  const missing = missingParts(found)
  if (missing.length > 0)
    run.listen({
      kind: 'warning',
      message: `without the rows of part ${numbersSaid(missing)} of ${found[0]?.of}`,
    })
  const taken = await takeIn(run)
  await demandSameTasks(taken, found, run)
  const plan = await planOf(taken, run)
  await rerunRollouts(plan, run)
  const counts = await decideAndExport(plan, run)
  await endRefresh(run.store)
  return counts
}

async function demandSameTasks(taken: TaskList, found: readonly FoundPart[], { store }: Run): Promise<void> {
  const of = found[0]?.of ?? 1
  const sums = Array.from({ length: of }, tasksSum)
  for await (const task of taskList(store, taken.fingerprint)) sums[partOfTask(task.id, of) - 1]?.add(task)
  const all = sums.map(({ sum }) => sum())
  for (const part of found) {
    const now = all[part.index - 1]
    if (now?.sum !== part.tasks.sum)
      throw new ConfigError(
        `${partName(part)} (${part.folder}) solved other tasks: ${part.tasks.count}, where ${now?.count} belong to it now; run it again`,
      )
  }
}
