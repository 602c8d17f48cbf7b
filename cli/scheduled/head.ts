import { newestSlot } from '../../pipeline/generation.ts'
import type { Run } from '../../pipeline/run.ts'
import { type ExitStatus, exits } from '../exits.ts'
import { jsonLine, processTimes } from '../lines/json-line.ts'
import type { Ending, Head } from './lines.ts'

/** What every result begins with. */
export const endingOf = (status: ExitStatus): Ending => ({
  kind: 'result',
  command: process.argv[2] ?? '',
  ...processTimes(),
  status,
  meaning: exits[status],
})

/** The last line of a command that has not done a job on a run. */
export const resultLine = (result: object, status: ExitStatus = 0): string =>
  jsonLine({ ...endingOf(status), ...result })

/** What the result of a job begins with. The run's id never depends on the time of day. */
export async function headOf({ config: { name }, store, spending }: Run, status: ExitStatus): Promise<Head> {
  const slot = (await newestSlot(store))?.slot ?? null
  const id = slot === null ? name : `${name}@${slot}`
  return { ...endingOf(status), id, name, slot, usdNow: spending.usdNow() }
}
