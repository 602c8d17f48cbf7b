import { existsSync, writeFileSync } from 'node:fs'

/** Ends its process, as a fault in libvips does. */
export const end = (signal: NodeJS.Signals) => process.kill(process.pid, signal)

/** The same the first time only. */
export function endOnce(mark: string): string {
  if (!existsSync(mark)) {
    writeFileSync(mark, '')
    process.kill(process.pid, 'SIGKILL')
  }
  return 'whole'
}
