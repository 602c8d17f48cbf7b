import type { eld } from 'eld/small'
import Type, { type Static } from 'typebox'
import { closed, factory } from '../schemas/options.ts'
import { excerpt } from '../words/excerpt.ts'
import { sentencesOf, withoutCode } from '../words/sentences.ts'
import { Check, fail, type Measurement, pass } from './check.ts'
import { type TurnRead, turnsRead } from './reading/turns-read.ts'

export const LanguageOptions = closed({
  /** ISO 639-1 code of the language in which thoughts are to be written. */
  expected: Type.Optional(
    Type.String({ pattern: /^[a-z]{2}$/, description: "an ISO 639-1 code such as 'en'" }),
  ),
})
export type LanguageOptions = Static<typeof LanguageOptions>

/** Of languages that are written in several, or in one that has no code of its own. */
const scripts: Record<string, string[]> = {
  ja: ['Hira', 'Kana', 'Han'],
  ko: ['Hang', 'Han'],
  sr: ['Cyrl', 'Latn'],
  zh: ['Han'],
}

function lettersOf(language: string): RegExp {
  const own = scripts[language] ?? [new Intl.Locale(language).maximize().script ?? 'Latn']
  return new RegExp(`[${own.map(script => `\\p{Script=${script}}`).join('')}]`, 'u')
}

/** Letters of a sentence below which it may be a name; Chinese says as much with a quarter of the letters. */
const fewest = 16
/** Letters and different words that the detector needs, and by how much another language must fit better, of 1. */
const needed = 25
const fewestWords = 5
const margin = 0.15

/**
 * Every sentence of the thoughts is in the expected language. A sentence fails by its script or, if the script is the
 * same, by a language detector (eld: the only one tried that takes no English sentence of names or measurements for
 * another language). Code, formulas, quotes, names and what tools had shown before are not judged.
 *
 * It cannot see: single foreign words; short sentences; two languages in one sentence of one script.
 */
export const language = factory(Check, 'language', LanguageOptions, ({ expected = 'en' }) => ({
  name: 'language',
  version: 3,
  options: { expected },
  async measure(trajectory) {
    // Its 55 MB of small objects are marked by every garbage collection, so they are not there before they are needed.
    const { eld } = await import('eld/small')
    const steps = turnsRead(trajectory)
    const known = [
      trajectory.task.question,
      ...(trajectory.task.choices ?? []),
      ...steps.map(({ seen }) => seen),
    ].join('\n')
    const judged = steps.flatMap(step => strange(step, known, { expected, detector: eld }))
    const [first] = judged
    if (!first) return pass()
    const all = steps.reduce((sum, { thought }) => sum + sentencesOf(thought).length, 0)
    const { reason, detail }: Measurement = first
    return fail(judged.length * 2 > all ? 'other_language' : reason, detail)
  },
}))

type Detector = Pick<typeof eld, 'detect'>

interface Judge {
  expected: string
  detector: Detector
}

function strange({ thought, turn }: TurnRead, known: string, { expected, detector }: Judge): Measurement[] {
  return sentencesOf(withoutQuotes(thought)).flatMap(sentence => {
    if (known.includes(sentence)) return []
    if (isForeign(sentence, expected)) return [fail('mixed_scripts', `turn ${turn}: ${excerpt(sentence)}`)]
    const other = otherLanguage(sentence, expected, detector)
    return other ? [fail('mixed_languages', `turn ${turn} (${other}): ${excerpt(sentence)}`)] : []
  })
}

const withoutQuotes = (text: string): string =>
  withoutCode(text).replace(
    /"[^"\n]*"|“[^”\n]*”|«[^»\n]*»|„[^“”\n]*[“”]|(?<![\p{L}])'[^'\n]*'(?![\p{L}])|「[^」]*」|https?:\S+/gu,
    ' ',
  )

/** Whether most of a sentence is in letters of another script. */
function isForeign(sentence: string, expected: string): boolean {
  const own = lettersOf(expected)
  const letters = sentence.match(/\p{L}/gu) ?? []
  const foreign = letters.filter(letter => !own.test(letter))
  const weight = foreign.reduce(
    (sum, letter) => sum + (/\p{Script=Han}|\p{Script=Hangul}/u.test(letter) ? 4 : 1),
    0,
  )
  return weight >= fewest && weight * 2 > weight + letters.length - foreign.length
}

/** Names of functions and variables are no words: `x = rho*sin(phi)`, `\\frac`, `f(x)`. */
const formula = /[=\\^]|[\p{L}\d)][*/+][\p{L}\d(]|\p{L}\(/u

/** What the detector takes a sentence for, without its names and numbers, if clearly not for the expected language. */
function otherLanguage(sentence: string, expected: string, detector: Detector): string | null {
  if (formula.test(sentence)) return null
  const prose = sentence.replace(/(?<=\S\s+["(]?)\p{Lu}[\p{L}’'-]*|\S*[\d_=]\S*/gu, ' ').replace(/\s+/g, ' ')
  const words = prose.toLowerCase().match(/\p{L}{2,}/gu) ?? []
  if (words.join('').length < needed || new Set(words).size < fewestWords) return null
  const scores: Record<string, number> = detector.detect(prose).getScores()
  const [best] = Object.entries(scores).sort(([, a], [, b]) => b - a)
  if (!best || best[0] === expected || best[1] - (scores[expected] ?? 0) < margin) return null
  return best[0]
}
