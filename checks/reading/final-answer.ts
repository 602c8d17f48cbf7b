import { sentencesOf } from '../../words/sentences.ts'
import { concluded } from './conclusion.ts'

/** Characters of an answer that stands alone. */
const longest = 60

const unsure =
  /\b(?:not|n['’]t|if|whether|would|could|might|may|maybe|perhaps|probably|cannot|unable|unsure|seems?|looks?|appears?|think|guess|believe)\b|\?/i

/**
 * The final answer of a text that has no answer tags: stated outright as in "The answer is 4", by its last sentence as
 * in "The capital of France is Paris", or the whole text where that is nothing else. Null where there is none, or where
 * the text is not sure of it.
 */
export function finalAnswer(text: string): string | null {
  const bared = text.replace(/\*\*|__|`/g, '').trim()
  const last = sentencesOf(bared).at(-1)?.trim() ?? ''
  const stated = concluded(text)
  if (stated !== null || unsure.test(last)) return stated
  return bare(bared) ?? said(last)
}

/** A text of a few words that is no sentence. */
const bare = (text: string): string | null =>
  text.length <= longest && !/\n| = |: |\b(?:is|are|was|were|has|have|see|count)\b|[.!]\s/.test(text)
    ? text.replace(/[.!]+$/, '') || null
    : null

/** What a sentence says of its subject, or how much there is of it. */
function said(sentence: string): string | null {
  const count = /\bthere (?:is|are) (\d+) /i.exec(sentence)?.[1]
  const told = /^.+?(?:\b(?:is|are|was|were|equals|shows|has|says|reads|count)\b|[:=]) +(.+?)[.!]*$/i.exec(
    sentence,
  )
  return count ?? (told?.[1] && told[1].length <= longest ? told[1] : null)
}
