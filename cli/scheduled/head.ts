import { newestSlot } from '../../pipeline/generation.ts'
import type { Run } from '../../pipeline/run.ts'
import { type ExitStatus, exits } from '../exits.ts'
import { processTimes } from '../lines/json-line.ts'
import type { Head } from './lines.ts'

/** What every result begins with. The run's id never depends on the time of day. */
export async function headOf({ config: { name }, store, spending }: Run, status: ExitStatus): Promise<Head> {
  const slot = (await newestSlot(store))?.slot ?? null
  return {
    kind: 'result',
    command: process.argv[2] ?? '',
    id: slot === null ? name : `${name}@${slot}`,
    name,
    slot,
    ...processTimes(),
    status,
    meaning: exits[status],
    usdNow: spending.usdNow(),
  }
}
