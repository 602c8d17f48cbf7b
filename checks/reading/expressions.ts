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
  /** Those that nothing is multiplied with or divided by. */
  addends: ReadonlySet<number>
  value: number
}

/** Expressions of a text that are read, pieces of one, and steps of its evaluation (`steps.ts`). */
const [most, longest, costliest] = [200, 60, 2000]

/**
 * The expressions that a text writes out, in order: of any number of terms, with brackets, fractions, powers, roots,
 * remainders and units, in LaTeX or plain writing, with signs or English words for them. A name of something unknown
 * ends one.
 */
export const expressionsIn = (text: string): Reckoned[] =>
  runsIn(simplified(text))
    .filter(isReckoning)
    .slice(0, most)
    .flatMap(written => {
      const value = worth(written)
      return value === null
        ? []
        : [{ written, operands: numeralsIn(written), addends: addendsIn(written), value }]
    })

const isReckoning = (run: string): boolean => /[\dπ)%] (?:[-+*/^]|mod) |\d \(|\) \d|√|\d π/.test(run)

const addendsIn = (written: string): Set<number> =>
  new Set((written.match(/(?<=^|[-+(] )[\d.]+(?= [-+)]|$)/g) ?? []).map(Number))

/** The value of an expression of numbers, in which `mod` gives what is left over; null where it has none. */
export function worth(expression: string): number | null {
  const [value = null, modulus] = expression.split('mod').map(evaluated)
  if (value === null || modulus === undefined) return value
  return modulus === null ? null : value - modulus * Math.floor(value / modulus)
}

function evaluated(expression: string): number | null {
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
  [/\\(?=\\[a-z])/g, ''],
  [/\\\\|&/g, '\n'],
  [/\\(?:text|mathrm|textbf|mbox)\s*\{([^{}]*)\}/g, ' $1 '],
  [/\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}/g, '(($1)/($2))'],
  [/\\(?:times|cdot|ast)(?![a-z])|[×·⋅∗]|\b(?:multiplied by|times)\b/gi, '*'],
  [/\\div(?![a-z])|÷|\bdivided by\b/gi, '/'],
  [/\\pi(?![a-z])|\bpi\b/g, 'π'],
  [/\\sqrt\s*\{([^{}]*)\}|\bsqrt\s*\(([^()]*)\)|√\s*\(([^()]*)\)/g, '√($1$2$3)'],
  [/\\boxed\s*\{([^{}]*)\}/g, ' $1 '],
  [/\{,\}/g, ','],
  [/(?<![\w)])\*\*(?=\S)|(?<=\S)\*\*(?![\w(])|`/g, ' '],
  [/\*\*/g, '^'],
  [/[−–]/g, '-'],
  [/²/g, '^2'],
  [/³/g, '^3'],
  [/\^\{(-?\d+)\}/g, '^$1'],
  [/\\p?mod\s*\{?(\d+)\}?/g, '(mod $1)'],
  [/([=≡]\s*-?\d+)\s*\((?:mod|modulo) (\d+)\)/g, ' mod $2 $1'],
  [/(?<=\d) +% *(?=\d)|(?<=\d) modulo (?=\d)/g, ' mod '],
  [/\\(?:left|right|[()[\],;!%])/g, ' '],
  [/(?<![\p{L}\d])(?:[A-Z]{1,2}|Rs\.?)?[$€£¥₹]\s?(?=[\d.])|(?<![\p{L}\d])(?:S|Rs\.?|USD|EUR) ?(?=\d)/gu, ''],
  [/(?<=\d%?\s?\)?) of (?=\d)/g, ' * '],
  [/\bplus\b/gi, '+'],
  [/\bminus\b/gi, '-'],
  [/\b(?:twice|double) (?=\d)/gi, '2 * '],
  [/\bhalf of (?=\d)/gi, '1/2 * '],
  [/\b(?:a|one)[ -]third of (?=\d)/gi, '1/3 * '],
  [/\b(?:a|one)[ -]quarter of (?=\d)/gi, '1/4 * '],
  [/\((?=[^()\d]*\p{L})[^()\d]*\)/gu, ' '],
]

const simplified = (text: string): string =>
  spellings.reduce((text, [written, plain]) => text.replace(written, plain), text)

const piece = /\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?|\.\d+|mod\b|[\p{L}°][\p{L}'’°-]*|\n|\S/gu
const mathematical = /^(?:\.?\d[\d.]*|mod|[-+*/^()√π%])$/
const unitWords = 3

/** The runs of numbers and signs. Units behind a number and between two signs are left out: `8/kg`, `3 square feet`. */
function runsIn(text: string): string[] {
  const runs: string[][] = [[]]
  let words = 0
  for (const [written] of text.matchAll(piece)) {
    const run = runs.at(-1) ?? []
    const token = tokenOf(written, run)
    const isOver = words > 0 && /^[\d.(√π]/.test(token)
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
    .replace(/^(?:[-+*/^%] )+|(?: (?:[-+*/^]|mod))+$/g, '')
    .replace(/ %/g, '%')
}
