import { numberOf } from '../../words/numerals.ts'
import { worth } from './expressions.ts'

const number = /-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?/u.source
/** On one line: at the beginning of the next it is the bullet of a list. */
const operator = /[^\S\n]*[+\-−×*/÷][^\S\n]*/u.source
/** Nothing before that goes on into the left side: a product, a power, a name such as λ1. */
const start = /(?<![\p{L}\w.,%)\]])(?<![=^+\-−×*/÷)][^\S\n]*)(?<![\d)][^\S\n]*x[^\S\n]*)/u.source
/** Nothing behind that goes on with the right side: `2 1/2`, `2 x 3`, `3 remainder 2`. */
const end =
  /(?![\w%^(/*½¼¾⅓⅔]|\.\d|[^\S\n]*(?:[+\-−×*/÷^%½¼¾⅓⅔]|x?[^\S\n]*\d|[Rr](?:em|est)?(?:ainder)?(?![a-z])|\(?mod))/u
    .source
const right = `[^\\S\\n]*=[^\\S\\n]*(${number})${end}`
const pattern = new RegExp(`${start}(${number})(${operator})(${number})${right}`, 'gu')
const shares = new RegExp(`${start}(${number}) ?% of (${number})${right}`, 'gu')

/**
 * The equations of plain numbers that are not true, whatever was rounded or cut off: `3 + 4 = 8`, also in LaTeX, in
 * words (`3 plus 4 equals 8`), of several terms and with brackets. What is posed rather than told is none (`whether 3 +
 * 4 = 8`), nor is any where remainders are reckoned with or the question defines a sign of its own.
 */
export function untrueEquations(text: string, question = ''): string[] {
  const plain = plainly(text)
  if (/\bmod(?:ul\w+)?\b|≡/i.test(`${plain} ${question}`) || definesSign(question)) return []
  const untrue = [
    ...[...plain.matchAll(pattern)].filter(match => !holds(match)),
    ...[...plain.matchAll(longer)].filter(match => !holdsLonger(match)),
    ...[...plain.matchAll(shares)].filter(match => !holdsShare(match)),
  ]
  return untrue.filter(match => !isPosed(plain, match)).map(([equation]) => equation)
}

/** `Define a ⋆ b = (a + b)b`, `the operation a * b is …`. */
const definesSign = (question: string): boolean =>
  /\b(?:defin\w+|denot\w+|operat(?:ion|or)s?)\b/i.test(question) &&
  /(?<!\p{L})\p{L}\$? ?(?:\\[a-z]+|[^\p{L}\d\s.,;:()'"$]) ?\$?\p{L}(?!\p{L})/u.test(question)

const posing =
  /\b(?:equations?|solv\w+)\b[^.\n]{0,40}$|(?:\b(?:if|whether|suppose|assum\w+|not|never)|n['’]t)\b[^.,\n=]{0,20}$/i

const isPosed = (plain: string, { index, 0: equation }: RegExpExecArray): boolean =>
  posing.test(plain.slice(Math.max(0, index - 60), index)) ||
  /^\s*\?/.test(plain.slice(index + equation.length))

/** Without emphasis and LaTeX, and with signs for words. */
const plainly = (text: string): string =>
  text
    .replace(/[^\S\n]+/g, ' ')
    .replace(/(?<!\w)(\*\*|__)(-?[\d.,]+)\1(?!\w)/g, '$2')
    .replace(/\$|\\[()[\]]/g, '')
    .replace(/\\(?:times|cdot)(?![a-z])/g, '×')
    .replace(/\\div(?![a-z])/g, '÷')
    .replace(/(?<=\d) (plus|minus|times) (?=\d)/g, (_, word: string) => ` ${signs[word]} `)
    .replace(/(?<=[\d)]) (?:equals|is equal to) (?=-?\d)/g, ' = ')

const signs: Record<string, string> = { plus: '+', minus: '-', times: '×' }

/** Several terms, or brackets. */
const term = `(?:\\(\\s*)*(?:${number})(?:\\s*\\))*`
const longer = new RegExp(`${start}(${term}(?:${operator}${term}){1,8})${right}`, 'gu')

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
  return isLonger ? worth(left.replaceAll(',', '').replaceAll('−', '-')) : null
}

/** Exact where it comes out whole; else rounded or cut off. */
function holdsShare([, a = '', b = '', c = '']: RegExpMatchArray): boolean {
  const value = (numberOf(a) * numberOf(b)) / 100
  const unit = 10 ** -(c.split('.')[1]?.length ?? 0)
  return Math.abs(value - numberOf(c)) < (Number.isInteger(value) ? 1e-9 : unit)
}

function holds([, a = '', operator = '', b = '', c = '']: RegExpMatchArray): boolean {
  const values = ends(a).flatMap(left => ends(b).map(right => apply(left, operator.trim(), right)))
  const [least, most] = told(c, operator)
  return Math.min(...values) <= most && Math.max(...values) >= least
}

/** A result may have lost its further decimals instead, and a quotient of two digits all of them. */
function told(text: string, operator: string): [number, number] {
  const [least, most] = ends(text)
  const isWhole = !text.includes('.') && !(/[/÷]/.test(operator) && /\d\d/.test(text))
  // What is cut off is less than a unit: 59 is not cut to 58.
  const unit = isWhole ? 0 : (1 - 1e-9) * 10 ** -(text.split('.')[1]?.length ?? 0)
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
