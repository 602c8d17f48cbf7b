import { ConfigError } from '../../pipeline/errors.ts'
import { asPart, type PartCounts, solvePart } from '../../pipeline/jobs/solve-part.ts'
import type { Run } from '../../pipeline/run.ts'
import { partName, type RunPart } from '../../pipeline/run-part.ts'
import { accepting } from '../confirmed.ts'
import { loadConfig } from '../load.ts'
import { money } from '../numbers/costs.ts'
import { type Opened, onRun, type WorkResult } from '../on-run.ts'

/** Parts that a run may be divided into: each is a process, and merged one after the other. */
const most = 100_000

/** `3/64` as it is meant. Throws ConfigError. */
export function readPart(text: string): RunPart {
  const [, index = 0, of = 0] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(Number)
  if (index < 1 || index > of || of > most)
    throw new ConfigError(
      `--shard: ${JSON.stringify(text)} is no part; give one such as 3/64, from 1/64 to 64/64 and at most ${most}`,
    )
  return { index, of }
}

/** Solve one part of a run. */
export function runPart(
  path: string,
  {
    shard: text,
    acceptChanges = false,
    ...given
  }: Omit<Opened, 'asks'> & { shard: string; acceptChanges?: boolean },
): Promise<void> {
  const options = { ...given, asks: 'anybody' as const }
  const config = async (listen: Parameters<typeof loadConfig>[1]) =>
    asPart(await loadConfig(path, listen), readPart(text))
  return onRun(config, options, async (run, pause) => {
    const part = readPart(text)
    const counts = await solvePart(part, run, accepting(acceptChanges, options.json ?? false, pause))
    return outcomeOf(part, counts, run, path)
  })
}

function outcomeOf(part: RunPart, counts: PartCounts, { config, spending }: Run, path: string): WorkResult {
  const { tasks, planned, rollouts, open } = counts
  const usd = spending.usd()
  const result = { part: { ...part, folder: config.folder }, ...counts, usd }
  return {
    status: open > 0 ? 3 : 0,
    result,
    text: [
      `${partName(part)}: ${tasks} tasks, ${rollouts} of ${planned} planned rollouts are there, ${money(usd)}`,
      ...(open > 0 ? [`${open} failed for reasons outside the teacher; run it again to retry them`] : []),
      `Nothing is decided yet. When all parts are done: kindling merge ${path}`,
    ].join('\n'),
  }
}
