import { confirm } from '@clack/prompts'
import type { Accept } from '../pipeline/accept/agreement.ts'

/**
 * A change that was accepted beforehand is accepted. Otherwise a person at a terminal is asked, and without a terminal
 * it is refused.
 */
export const accepting = (given: boolean, json: boolean, pause: () => void): Accept =>
  async function accept(message) {
    if (given) return true
    if (json || !process.stdin.isTTY || !process.stderr.isTTY) return false
    pause()
    return (
      (await confirm({ message: `${message}. Go on?`, initialValue: false, output: process.stderr })) === true
    )
  }
