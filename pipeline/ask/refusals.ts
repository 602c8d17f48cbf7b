import type { Store } from '../../store/store.ts'
import { wordsInCommon } from './kinds-of-fault.ts'

/** Of so many requests refused alike, none is at fault. */
const many = 5

interface Refusal {
  words: string
  /** Which process met it. */
  met: string
}

/** Who asks, and what is known of those that it asked. */
interface Asking {
  store: Store
  /** A name of this process. */
  met: string
  /** Whether others were answered. */
  answered: boolean
}

/**
 * Whether a question was refused in the same words in an earlier run; if not, that is written down. So what a server
 * will never take is asked twice, and a server that was mended between two runs answers after all. It is the question's
 * own fault only where others were answered; and what would end the run, only where few were refused alike.
 */
export async function refusedAgain(
  end: { words: string; fatal: boolean },
  key: string,
  { store, met, answered }: Asking,
): Promise<boolean> {
  const words = wordsInCommon(end.words)
  const before = await store.get<Refusal>('refusals', key)
  if (before?.met === met) return false
  if (before?.words === words) return !end.fatal || (await countOf(words, store)) < many
  if (end.fatal || !answered) return false
  await store.delete('refusals', key)
  await store.put<Refusal>('refusals', key, { words, met })
  return false
}

async function countOf(words: string, store: Store): Promise<number> {
  let count = 0
  for await (const { value } of store.scan<Refusal>('refusals')) if (value.words === words) count++
  return count
}
