// Imports nothing that imports anything, so that it listens before anything else is loaded.
import { errorLine, saysJson } from './lines/json-line.ts'

/** What a signal makes of a command. */
export const interrupted = { text: 'interrupted', exit: 130 } as const

export const stopSignals = ['SIGINT', 'SIGTERM'] as const

/** End at once. All that counts is durable whenever that is. */
export function cutOff({ text, exit }: { text: string; exit: number }): never {
  console.error(text)
  if (saysJson()) console.log(errorLine(exit, text))
  process.exit(exit)
}

export const cutOffBySignal = () => cutOff(interrupted)

/** From now on a signal ends the process with a word and a status, until work takes over that can stop by itself. */
export function endAtSignals() {
  for (const name of stopSignals) process.on(name, cutOffBySignal)
}
