import { type ConfirmOptions, confirm, isCancel } from '@clack/prompts'
import type { Accept } from '../pipeline/accept/agreement.ts'

/** Ask a person at a terminal. While the question stands, Ctrl-C is a key and no signal; it stops the command, too. */
export async function confirmed(question: ConfirmOptions): Promise<boolean> {
  const answer = await confirm(question)
  if (isCancel(answer)) throw AbortSignal.abort().reason
  return answer
}

/**
 * A change that was accepted beforehand is accepted. Otherwise a person at a terminal is asked, and without a terminal
 * it is refused.
 */
export const accepting = (given: boolean, json: boolean, pause: () => void): Accept =>
  async function accept(message) {
    if (given) return true
    if (json || !process.stdin.isTTY || !process.stderr.isTTY) return false
    pause()
    return confirmed({ message: `${message}. Go on?`, initialValue: false, output: process.stderr })
  }
