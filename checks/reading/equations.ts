import { Decimal, real, Undecided } from '../../answers/compare/complex.ts'
import { evaluate } from '../../answers/compare/evaluate.ts'
import { formula } from '../../answers/reading/formula.ts'
import { Unreadable } from '../../answers/reading/lexer.ts'
import { numberOf } from '../../words/numerals.ts'

const number = /-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?/u.source
/** On one line: at the beginning of the next it is the bullet of a list. */
const operator = /[^\S\n]*[+\-−×*/÷][^\S\n]*/u.source
const pattern = new RegExp(
  `(?<![\\w.,%)\\]])(?<![=^+\\-−×*/÷)][^\\S\\n]*)(${number})(${operator})(${number})[^\\S\\n]*=[^\\S\\n]*(${number})(?![\\w%^(/*]|\\.\\d|[^\\S\\n]*[+\\-−×*/÷^%])`,
  'gu',
)

/**
 * The equations of plain numbers that are not true, whatever was rounded: `3 + 4 = 8`, also in LaTeX, in words (`3 plus
 * 4 equals 8`), of several terms and with brackets.
 */
export function untrueEquations(text: string): string[] {
  const plain = plainly(text)
  return [
    ...[...plain.matchAll(pattern)].filter(match => !holds(match)),
    ...[...plain.matchAll(longer)].filter(match => !holdsLonger(match)),
  ].map(([equation]) => equation)
}

/** Without emphasis and LaTeX, and with signs for words. */
const plainly = (text: string): string =>
  text
    .replace(/(?<!\w)(\*\*|__)(-?[\d.,]+)\1(?!\w)/g, '$2')
    .replace(/\$|\\[()[\]]/g, '')
    .replace(/\\(?:times|cdot)\b/g, '×')
    .replace(/\\div\b/g, '÷')
    .replace(/(?<=\d) (plus|minus|times) (?=\d)/g, (_, word: string) => ` ${signs[word]} `)
    .replace(/(?<=[\d)]) (?:equals|is equal to) (?=-?\d)/g, ' = ')

const signs: Record<string, string> = { plus: '+', minus: '-', times: '×' }

/** Several terms, or brackets. */
const longer = new RegExp(
  `(?<![\\w.,%)\\]])(?<![=^+\\-−×*/÷)][^\\S\\n]*)((?:\\(\\s*)*(?:${number})(?:\\s*\\))*(?:${operator}(?:\\(\\s*)*(?:${number})(?:\\s*\\))*){1,8})[^\\S\\n]*=[^\\S\\n]*(${number})(?![\\w%^(/*]|\\.\\d|[^\\S\\n]*[+\\-−×*/÷^%])`,
  'gu',
)

/** Exact where all is whole; else to a hundredth, for what was rounded on the way. */
function holdsLonger([, left = '', right = '']: RegExpMatchArray): boolean {
  const value = worthOf(left)
  const told = numberOf(right)
  if (value === null) return true
  const isExact = !/[.÷/]/.test(left) && !right.includes('.')
  return Math.abs(value - told) <= (isExact ? 0 : Math.max(0.51, Math.abs(value) / 100))
}

function worthOf(left: string): number | null {
  const isLonger = /[()]/.test(left) || (left.match(/\d\s*[+\-−×*/÷]/g)?.length ?? 0) > 1
  if (!isLonger) return null
  try {
    const read = formula(left.replaceAll(',', '').replaceAll('−', '-'))
    return evaluate(read, () => real(new Decimal(Number.NaN))).re.toNumber()
  } catch (error) {
    if (error instanceof Unreadable || error instanceof Undecided) return null
    throw error
  }
}

function holds([, a = '', operator = '', b = '', c = '']: RegExpMatchArray): boolean {
  const values = ends(a).flatMap(left => ends(b).map(right => apply(left, operator.trim(), right)))
  const [least, most] = told(c)
  return Math.min(...values) <= most && Math.max(...values) >= least
}

/** A result may have lost its further decimals instead. */
function told(text: string): [number, number] {
  const [least, most] = ends(text)
  const unit = text.includes('.') ? 10 ** -(text.split('.')[1]?.length ?? 0) : 0
  return text.startsWith('-')
    ? [Math.min(least, numberOf(text) - unit), most]
    : [least, Math.max(most, numberOf(text) + unit)]
}

/**
 * A number with decimals may be rounded, and a long one to its last digit that is not 0; a short whole one is what it
 * says.
 */
function ends(text: string): [number, number] {
  const value = numberOf(text)
  const decimals = text.split('.')[1]?.length
  const slack = decimals === undefined ? slackOf(value, text) : 0.51 * 10 ** -decimals
  return [value - slack, value + slack]
}

function slackOf(value: number, text: string): number {
  const zeros = /[0,]*$/.exec(text)?.[0].replaceAll(',', '').length ?? 0
  return Math.abs(value) < 1000 ? 0 : Math.max(0.51, Math.min(Math.abs(value) * 0.005, 0.51 * 10 ** zeros))
}

function apply(a: number, operator: string, b: number): number {
  if (operator === '+') return a + b
  if (operator === '-' || operator === '−') return a - b
  return operator === '/' || operator === '÷' ? a / b : a * b
}
