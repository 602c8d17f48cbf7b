import type { Trajectory } from '../../schemas/trajectory.ts'
import { derivation } from '../../words/derivation.ts'
import { excerpt } from '../../words/excerpt.ts'
import { type Numeral, numbersIn, numeralsIn, says } from '../../words/numerals.ts'
import { sentencesOf } from '../../words/sentences.ts'
import { holdsWords, wordsIn } from '../../words/words.ts'
import { type TurnRead, unescaped } from '../reading/turns-read.ts'
import type { Signal } from './signal.ts'

/** A tool as one that did something: `code` and `output` alone are everyday words. */
const told =
  /\b(?:the|this|my|its|that|last|first) (?:output|code|script|call|cell|program|printout|(?:\w+ )?(?:search|tool|results?))\b|\bpython (?:gives|gave|prints|printed|returns|returned|says|said|shows|showed)\b/iu
const unreal =
  /\b(?:if|whether|when|until|unless|will|would|can|should|could|may|might|expect\w*|suppose|assume|plan|let|not|never)\b|n['’]t\b|['’]ll\b|\?\s*$/i

/** Digits from which a number is there by more than chance. */
const fewest = 3

/**
 * A sentence about a tool names a number or quotes words that nobody had said or shown before. So it may also tell a
 * result before its call. After a search that found nothing, every sentence counts.
 */
export const misquoted: Signal<'misquoted'> = {
  name: 'misquoted',
  find({ trajectory, steps }) {
    for (const [index, { thought, turn }] of steps.entries()) {
      const before = steps.slice(0, index)
      const reports = sentencesOf(thought).filter(
        each => !unreal.test(each) && (told.test(each) || foundNothing(before.at(-1))),
      )
      const sentence = reports.length > 0 && invented(reports, knownIn(before, trajectory), thought)
      if (sentence) return { turn, words: excerpt(sentence, 160) }
    }
    return null
  },
}

const foundNothing = (step: TurnRead | undefined): boolean =>
  step !== undefined &&
  step.observations.length > 0 &&
  step.observations.every(({ data }) => data?.kind === 'results' && data.results.length === 0)

/** Everything that was put into words: asked, thought, called with, and given back. */
const knownIn = (before: readonly TurnRead[], { task }: Trajectory): string =>
  [task.question, ...(task.choices ?? []), ...before.map(wordsOf)].map(withoutAddresses).join('\n')

const wordsOf = ({ thought, calls, observations, seen }: TurnRead): string => {
  const parts = observations.flatMap(each => each.parts.map(part => (part.type === 'text' ? part.text : '')))
  return [thought, ...calls.map(call => unescaped(call.arguments)), seen, ...parts].join('\n')
}

/** Addresses state nothing. */
const withoutAddresses = (text: string): string => text.replace(/\bhttps?:\/\/[^\s)]+/g, ' ')

/** The first sentence with a number that is neither known nor follows, or with a quotation that is not known. */
function invented(sentences: readonly string[], known: string, thought: string): string | undefined {
  const numbers = numbersIn(known)
  const operands = numbersIn(thought).filter(each => numbers.some(number => says(each, number)))
  const values = operands.map(({ value }) => value)
  const isKnown = (claim: Numeral) =>
    numbers.some(number => says(loosely(claim), number)) || derivation(claim, values, [1, 2]) !== null
  const words = wordsIn(known, 'mention')
  return sentences
    .map(withoutAddresses)
    .find(
      sentence =>
        numeralsIn(sentence).some(claim => digitsIn(claim) >= fewest && !isKnown(claim)) ||
        quotesIn(sentence).some(quote => !holdsWords(words, wordsIn(quote, 'mention'))),
    )
}

const digitsIn = ({ text }: Numeral): number => text.match(/\d/g)?.length ?? 0

/** `about 3000` may be 2963: zeros at a number's end may be rounding. */
function loosely(claim: Numeral): Numeral {
  const zeros = claim.step === 1 ? (/0*$/.exec(String(claim.value))?.[0].length ?? 0) : 0
  return { ...claim, step: claim.step * 10 ** Math.min(zeros, 6) }
}

/** Quoted words that are long enough to mean something. */
const quotesIn = (text: string): string[] =>
  [...text.matchAll(/"([^"]{4,80})"|“([^”]{4,80})”/g)].map(match => match[1] ?? match[2] ?? '')
