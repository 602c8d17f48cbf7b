// Imports nothing, so that it listens before anything else is loaded.

/** What a signal makes of a command. */
export const interrupted = { text: 'interrupted', exit: 130 } as const

export const stopSignals = ['SIGINT', 'SIGTERM'] as const

/** End at once. All that counts is durable whenever that is. */
export function cutOff(): never {
  console.error(interrupted.text)
  process.exit(interrupted.exit)
}

/** From now on a signal ends the process with a word and a status, until work takes over that can stop by itself. */
export function endAtSignals() {
  for (const name of stopSignals) process.on(name, cutOff)
}
