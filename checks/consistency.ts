import { lookedAt } from '../images/looked-at.ts'
import { ofKept } from '../images/redrawn.ts'
import { factory, noOptions } from '../schemas/options.ts'
import type { Observation, Trajectory } from '../schemas/trajectory.ts'
import { derivation } from '../words/derivation.ts'
import { excerpt } from '../words/excerpt.ts'
import { type Numeral, numbersIn, numeralsIn, says } from '../words/numerals.ts'
import { sentencesOf } from '../words/sentences.ts'
import { speaksOf, wordsIn } from '../words/words.ts'
import { Check, type CheckContext, fail, type Measurement, pass } from './check.ts'
import {
  admits,
  admitsBlank,
  type Claim,
  claimsIn,
  claimsMatch,
  claimsSuccess,
  isUnreal,
  tellsOfPicture,
  toolSentences,
} from './reading/claims.ts'
import { concluded, isAnother } from './reading/conclusion.ts'
import { untrueEquations } from './reading/equations.ts'
import { gave, type TurnRead, turnsRead, unescaped } from './reading/turns-read.ts'

/**
 * What the model says agrees with what came back from its calls. A number that a thought reports, or words that it
 * quotes, came back before. No thought takes a failed call, an empty search or a blank picture for a success. Plain
 * equations are true. The last thought concludes what is answered. Skywork-R1V4 drops trajectories whose next thought
 * or answer does not fit.
 *
 * It reads English reports of the form "the output shows 42", and any sentence about a tool with a number of three
 * digits or more; it is silent in doubt. It cannot see: what pictures show; wrong readings of words that are there;
 * other languages.
 */
export const consistency = factory(Check, 'consistency', noOptions, () => ({
  name: 'consistency',
  version: 3,
  options: {},
  async measure(trajectory, context) {
    const steps = turnsRead(trajectory)
    for (const [index, step] of steps.entries()) {
      const before = steps[index - 1]
      const problem =
        untrue(step) ??
        (before &&
          ((await celebrated(step, before, context)) ??
            unfound(step, steps.slice(0, index), trajectory) ??
            misquoted(step, steps.slice(0, index), trajectory)))
      if (problem) return problem
    }
    return differs(trajectory, steps.at(-1)) ?? pass()
  },
}))

function untrue({ thought, turn }: TurnRead): Measurement | null {
  const [equation] = untrueEquations(thought)
  return equation === undefined ? null : fail('untrue_equation', `turn ${turn}: ${equation}`)
}

/**
 * A success that is claimed although there was none, or an answer given right after a blank picture as if there had
 * been none. A thought may still report what a failing cell had printed before.
 */
async function celebrated(
  step: TurnRead,
  before: TurnRead,
  context: CheckContext,
): Promise<Measurement | null> {
  if (before.observations.length === 0) return null
  const claims = !admits(step.thought) && claimsSuccess(step.thought)
  const relies = step.calls.length === 0 && !admitsBlank(step.thought)
  if (!claims && !relies) return null
  const what = claims ? await disappointment(before, context) : null
  const found = what ?? (relies && (await showedBlank(before, context)) ? 'a blank picture' : null)
  return found ? fail('claimed_success', `turn ${step.turn} after ${found}: ${excerpt(step.thought)}`) : null
}

/**
 * After an empty search, what nobody had said before, as if it had been found. To admit it, or to try again, is fine.
 */
function unfound(
  { thought, turn }: TurnRead,
  before: readonly TurnRead[],
  trajectory: Trajectory,
): Measurement | null {
  const last = before.at(-1)?.observations ?? []
  if (last.length === 0 || !last.every(isEmptySearch) || admits(thought)) return null
  const known = knownIn(before, trajectory)
  const found = sentencesOf(thought).find(sentence => !isUnreal(sentence) && tellsNew(sentence, known))
  return found ? fail('claimed_success', `turn ${turn} after an empty search: ${excerpt(found, 160)}`) : null
}

/** A match, or a number or a quotation that is new. */
function tellsNew(sentence: string, known: string): boolean {
  const numbers = numbersIn(known)
  return (
    claimsMatch(sentence) ||
    quotesIn(sentence).some(quote => !speaksOf(known, quote)) ||
    numeralsIn(sentence).some(
      number => digitsIn(number.text) >= 3 && !numbers.some(each => says(number, each)),
    )
  )
}

const digitsIn = (text: string): number => text.match(/\d/g)?.length ?? 0

const isEmptySearch = ({ data }: Observation): boolean =>
  data?.kind === 'results' && data.results.length === 0

async function disappointment(step: TurnRead, context: CheckContext): Promise<string | null> {
  const { observations } = step
  if (observations.every(isEmptySearch)) return 'an empty search'
  const gaveAny = observations.some(gave)
  if (!gaveAny && observations.every(({ mistake }) => mistake !== null)) return 'a call that failed'
  return (await showedBlank(step, context)) ? 'a blank picture' : null
}

/** Pictures with nothing in them, and not a word. */
async function showedBlank({ observations, images }: TurnRead, context: CheckContext): Promise<boolean> {
  const silent = observations.every(
    ({ data }) => data?.kind === 'cell' && data.stdout.trim() === '' && data.result === null,
  )
  if (!silent || images.length === 0) return false
  const blank = await Promise.all(
    images.map(async image => lookedAt.isBlank(ofKept, await context.bytes(image))),
  )
  return blank.every(Boolean)
}

function misquoted(
  { thought, turn }: TurnRead,
  before: readonly TurnRead[],
  trajectory: Trajectory,
): Measurement | null {
  const known = knownIn(before, trajectory)
  const pictured = before.at(-1)?.images.length !== 0
  const claim = claimsIn(thought)
    .filter(({ subject }) => subject === 'text' || !pictured)
    .find(claim => invents({ ...claim, told: withoutAddresses(claim.told) }, known, thought))
  const sentence = claim?.sentence ?? unheard(thought, known, pictured)
  return sentence ? fail('misquoted', `turn ${turn}: ${excerpt(sentence, 160)}`) : null
}

/** A sentence about a tool with a number of three digits or more that nothing gave. */
const unheard = (thought: string, known: string, pictured: boolean): string | undefined =>
  toolSentences(thought)
    .filter(sentence => !pictured || !tellsOfPicture(sentence))
    .find(sentence =>
      strangers(withoutAddresses(sentence), known, thought, [1, 2]).some(({ text }) => digitsIn(text) >= 3),
    )

const knownIn = (before: readonly TurnRead[], { task }: Trajectory): string =>
  [task.question, ...(task.choices ?? []), ...before.map(toldIn)].join('\n')

/**
 * Everything that a turn put into words: what was called, with which arguments, and what came back. Addresses state
 * nothing.
 */
const toldIn = ({ thought, calls, observations, seen }: TurnRead): string =>
  [
    thought,
    ...calls.map(call => unescaped(call.arguments)),
    seen,
    ...observations.flatMap(({ parts }) =>
      parts.map(part => (part.type === 'text' ? withoutAddresses(part.text) : '')),
    ),
  ].join('\n')

const withoutAddresses = (text: string): string => text.replace(/\bhttps?:\/\/[^\s)]+/g, ' ')

const invents = ({ told }: Claim, known: string, thought: string): boolean =>
  strangers(told, known, thought).length > 0 || quotesIn(told).some(quote => !speaksOf(known, quote))

/** The numbers that neither are known nor follow from known ones that the thought names. */
function strangers(told: string, known: string, thought: string, beside = [1]): Numeral[] {
  const numbers = numbersIn(known)
  const names = numbersIn(thought).filter(each => numbers.some(number => says(each, number)))
  const operands = names.map(({ value }) => value)
  return numeralsIn(told).filter(
    claim =>
      !numbers.some(number => says(loosely(claim), number)) &&
      derivation(claim, operands, beside) === null &&
      !isCount(claim.value, known),
  )
}

/** `about 3000` may be 2963: zeros at a number's end may be rounding. */
function loosely(claim: ReturnType<typeof numeralsIn>[number]) {
  const zeros = claim.step === 1 ? (/0*$/.exec(String(claim.value))?.[0].length ?? 0) : 0
  return { ...claim, step: claim.step * 10 ** Math.min(zeros, 6) }
}

/** A small number may count what is there. */
const isCount = (value: number, known: string): boolean => {
  const often = new Map<string, number>()
  for (const word of wordsIn(known, 'mention')) often.set(word, (often.get(word) ?? 0) + 1)
  return Number.isInteger(value) && value <= 30 && [...often.values()].includes(value)
}

/** Quoted words that are long enough to mean something. */
const quotesIn = (text: string): string[] =>
  [...text.matchAll(/"([^"]{4,80})"|“([^”]{4,80})”/g)].map(match => match[1] ?? match[2] ?? '')

function differs({ outcome, task }: Trajectory, last: TurnRead | undefined): Measurement | null {
  if (outcome.kind !== 'answered' || !last) return null
  const conclusion = concluded(last.thought, task.question)
  if (conclusion === null || !isAnother(conclusion, outcome.answer, task)) return null
  return fail(
    'answer_differs',
    `the last thought says ${excerpt(conclusion)}, the answer is ${excerpt(outcome.answer)}`,
  )
}
