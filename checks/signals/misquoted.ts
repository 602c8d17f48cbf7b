import { excerpt } from '../../words/excerpt.ts'
import { numbersIn, numeralsIn, says } from '../../words/numerals.ts'
import { sentencesOf } from '../../words/sentences.ts'
import { speaksOf } from '../../words/words.ts'
import { type TurnRead, withoutBackslashes } from '../reading/turns-read.ts'
import type { Signal } from './signal.ts'

/** A tool as one that did something: `code` and `output` alone are everyday words. */
const told =
  /\b(?:the|this|my|its|that|last|first) (?:output|code|script|call|cell|program|printout|(?:\w+ )?(?:search|tool|results?))\b|\bpython (?:gives|gave|prints|printed|returns|returned|says|said|shows|showed)\b/iu
const unreal =
  /\b(?:if|whether|when|until|unless|will|would|can|should|could|may|might|expect\w*|suppose|assume|plan|let|not|never|about|twice|half)\b|n['’]t\b|['’]ll\b|\?\s*$|https?:/i

/** Digits from which a number is there by more than chance. */
const fewest = 3

/**
 * A sentence about a tool names a number or quotes words that nobody had said or shown before. So it may also tell a
 * result before its call.
 */
export const misquoted: Signal<'misquoted'> = {
  name: 'misquoted',
  find({ trajectory: { task }, steps }) {
    let known = [task.question, ...(task.choices ?? [])].join('\n')
    for (const step of steps) {
      const reports = sentencesOf(step.thought).filter(each => told.test(each) && !unreal.test(each))
      const sentence = reports.find(each => isInvented(each, known))
      if (sentence) return { turn: step.turn, words: excerpt(sentence, 160) }
      known += `\n${wordsOf(step)}`
    }
    return null
  },
}

const wordsOf = ({ thought, calls, seen }: TurnRead): string =>
  [thought, ...calls.map(call => withoutBackslashes(call.arguments)), seen].join('\n')

function isInvented(sentence: string, known: string): boolean {
  const numbers = numbersIn(known)
  const isKnown = (claim: ReturnType<typeof numeralsIn>[number]) => numbers.some(each => says(claim, each))
  const claims = numeralsIn(sentence).filter(({ text }) => text.replace(/\D/g, '').length >= fewest)
  const quotes = [...sentence.matchAll(/["“]([^"“”]{4,80})["”]/g)].map(([, quote = '']) => quote)
  return claims.some(claim => !isKnown(claim)) || quotes.some(quote => !speaksOf(known, quote))
}
