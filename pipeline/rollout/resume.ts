import { canonicalJson } from '../../schemas/hash.ts'
import type { Observation, Turn } from '../../schemas/trajectory.ts'
import type { Run } from '../run.ts'
import { inTodaysWords } from './older-errors.ts'
import { observeOn, type ToolContexts } from './tool-contexts.ts'

/**
 * The turns an earlier process left, with the Python rebuilt by running its cells again. Where a cell now gives
 * something else, what follows cannot be trusted: the turns are forgotten and the rollout starts anew.
 */
export async function resume(key: string, bench: ToolContexts, run: Run): Promise<Turn[]> {
  const stored = await Array.fromAsync(run.store.scan<Turn>('turns', `${key}/`))
  const turns = stored.map(({ value }) => value)
  for (const turn of turns) {
    if (await repeats(turn, bench, run)) continue
    await Promise.all(stored.map(turn => run.store.delete('turns', turn.key)))
    throw new ReplayDiverged()
  }
  return turns
}

/** A stored cell does not repeat here. */
export class ReplayDiverged extends Error {
  override name = 'ReplayDiverged'
}

async function repeats({ reply, observations, reminder }: Turn, bench: ToolContexts, run: Run) {
  // Its calls were not made.
  if (reminder) return true
  const stateful = new Set(run.config.tools.filter(tool => tool.stateful).map(({ name }) => name))
  for (const [index, before] of observations.entries()) {
    const call = reply.calls[index]
    if (!call || !stateful.has(call.name)) bench.show(before.parts)
    else if (!same(before, await observeOn(bench, call, run, before))) return false
  }
  return true
}

const same = (before: Observation, now: Observation) =>
  comparable(inTodaysWords(before)) === comparable(inTodaysWords(now))

/** Addresses differ from process to process and mean nothing. */
const comparable = ({ parts, mistake, data }: Observation) =>
  canonicalJson({ parts, mistake, data }).replace(/0x[0-9a-f]+/gi, '0x')
