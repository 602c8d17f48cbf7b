import { Decimal, real, Undecided } from '../../answers/compare/complex.ts'
import { evaluate } from '../../answers/compare/evaluate.ts'
import { OutOfSteps, withinSteps } from '../../answers/compare/steps.ts'
import { formula } from '../../answers/reading/formula.ts'
import { Unreadable } from '../../answers/reading/lexer.ts'
import { type Numeral, numeralsIn } from '../../words/numerals.ts'

/** Something that a text reckons, as `4 kg * $2/kg`. */
export interface Reckoned {
  /** As it was read: `4 * 2`. */
  written: string
  operands: Numeral[]
  value: number
}

/** Expressions of a text that are read, pieces of one, and steps of its evaluation (`steps.ts`). */
const [most, longest, costliest] = [200, 60, 2000]

/**
 * The expressions that a text writes out, in order: of any number of terms, with brackets, fractions and units, in
 * LaTeX or plain writing. A name of something unknown ends one.
 */
export const expressionsIn = (text: string): Reckoned[] =>
  runsIn(simplified(text))
    .filter(run => /[\d)%] [-+*/^] |\d \(|\) \d/.test(run))
    .slice(0, most)
    .flatMap(written => {
      const value = worth(written)
      return value === null ? [] : [{ written, operands: numeralsIn(written), value }]
    })

/** The value of an expression of numbers; null where it has none. */
export function worth(expression: string): number | null {
  try {
    const value = withinSteps(costliest, () => evaluate(formula(expression), unknown)).re.toNumber()
    return Number.isFinite(value) ? value : null
  } catch (error) {
    if (error instanceof Unreadable || error instanceof Undecided || error instanceof OutOfSteps) return null
    throw error
  }
}

const unknown = () => real(new Decimal(Number.NaN))

/** One spelling for what means the same. The order matters: fractions before the braces go. */
const spellings: [written: RegExp, plain: string][] = [
  [/[^\S\n]+/g, ' '],
  [/\\(?:text|mathrm|boxed)\s*\{([^{}]*)\}/g, ' $1 '],
  [/\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}/g, '(($1)/($2))'],
  [/\\(?:times|cdot)(?![a-z])|[×·⋅]/g, '*'],
  [/\\div(?![a-z])|÷/g, '/'],
  [/(?<![\w)])\*\*(?=\S)|(?<=\S)\*\*(?![\w(])|`/g, ' '],
  [/[−–]/g, '-'],
  [/\\(?:left|right|[()[\],;!%])/g, ' '],
  [/(?<![\p{L}\d])(?:[A-Z]{1,2}|Rs\.?)?[$€£¥₹]\s?(?=[\d.])|(?<![\p{L}\d])(?:S|Rs\.?|USD|EUR) ?(?=\d)/gu, ''],
  [/(?<=\d%?\s?\)?) of (?=\d)/g, ' * '],
]

const simplified = (text: string): string =>
  spellings.reduce((text, [written, plain]) => text.replace(written, plain), text)

const piece = /\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?|\.\d+|[\p{L}°][\p{L}'’°-]*|\n|\S/gu
const mathematical = /^(?:\.?\d[\d.]*|[-+*/^()%])$/
const unitWords = 3

/** The runs of numbers and signs. Units behind a number and between two signs are left out: `8/kg`, `3 square feet`. */
function runsIn(text: string): string[] {
  const runs: string[][] = [[]]
  let words = 0
  for (const [written] of text.matchAll(piece)) {
    const run = runs.at(-1) ?? []
    const token = tokenOf(written, run)
    const isOver = words > 0 && /^[\d.(]/.test(token)
    if (mathematical.test(token) && !isOver && run.length < longest) run.push(token)
    else if (mathematical.test(token)) runs.push([token])
    else if (isUnit(token, run, words)) words += 1
    else runs.push([])
    if (mathematical.test(token) || runs.at(-1)?.length === 0) words = 0
  }
  return runs.map(balanced)
}

/** Between two numbers, `x` is a sign. */
const tokenOf = (written: string, run: readonly string[]): string =>
  /^x$/i.test(written) && /[\d)]/.test(run.at(-1) ?? '') ? '*' : written.replace(/(?<=\d),/g, '')

/** A word behind a number, or behind `/` as in `8/kg`, where the sign goes too. */
function isUnit(token: string, run: string[], words: number): boolean {
  if (!/^[\p{L}°]/u.test(token) || words >= unitWords) return false
  if (run.at(-1) === '/' && /[\d)]/.test(run.at(-2) ?? '')) run.pop()
  return words > 0 || /^[\d.)%]/.test(run.at(-1) ?? '')
}

/** Without brackets that open or close nothing, and signs that join nothing. */
function balanced(run: readonly string[]): string {
  const open: number[] = []
  const lost = new Set<number>()
  for (const [at, token] of run.entries()) {
    if (token === '(') open.push(at)
    if (token === ')' && open.pop() === undefined) lost.add(at)
  }
  for (const at of open) lost.add(at)
  return run
    .filter((_, at) => !lost.has(at))
    .join(' ')
    .replace(/^(?:[-+*/^%] )+|(?: [-+*/^])+$/g, '')
    .replace(/ %/g, '%')
}
