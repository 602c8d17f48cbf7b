import { newestSlot } from '../../pipeline/generation.ts'
import type { Run } from '../../pipeline/run.ts'
import { type ExitStatus, exits } from '../exits.ts'
import { processTimes } from '../lines/json-line.ts'
import type { Ending, Head } from './lines.ts'

/** What every result begins with. */
export const endingOf = (status: ExitStatus): Ending => ({
  kind: 'result',
  command: process.argv[2] ?? '',
  ...processTimes(),
  status,
  meaning: exits[status],
})

/** The same of a command that worked on a run. The run's id never depends on the time of day. */
export async function headOf({ config: { name }, store, spending }: Run, status: ExitStatus): Promise<Head> {
  const slot = (await newestSlot(store))?.slot ?? null
  const id = slot === null ? name : `${name}@${slot}`
  return { ...endingOf(status), id, name, slot, usdNow: spending.usdNow() }
}
