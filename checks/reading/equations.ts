import { numberOf } from '../../words/numerals.ts'
import { worth } from './expressions.ts'

const number = /-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?/u.source
/** On one line: at the beginning of the next it is the bullet of a list. */
const operator = /[^\S\n]*[+\-×*/÷][^\S\n]*/u.source
/** Nothing before that goes on into the left side: a product, a power, a name such as λ1. */
const start = /(?<![\p{L}\w.,%)\]])(?<![=^+\-×*/÷)][^\S\n]*)(?<![\d)][^\S\n]*x[^\S\n]*)/u.source
/** Nothing behind that goes on with the right side: `2 1/2`, `2 x 3`, `3 remainder 2`. */
const end =
  /(?![\w%^(/*½¼¾⅓⅔]|\.\d|[^\S\n]*(?:[+\-×*/÷^%½¼¾⅓⅔]|x?[^\S\n]*\d|[Rr](?:em|est)?(?:ainder)?(?![a-z])|\(?mod))/u
    .source
const term = `(?:\\(\\s*)*(?:${number})(?:\\s*\\))*`
const left = `${term}(?:${operator}${term}){1,8}|(?:${number}) ?% of (?:${number})`
const pattern = new RegExp(`${start}(${left})[^\\S\\n]*=[^\\S\\n]*(${number})${end}`, 'gu')

/**
 * The equations of plain numbers that are not true, whatever was rounded or cut off: `3 + 4 = 8`, also in LaTeX, in
 * words (`3 plus 4 equals 8`), of several terms and with brackets. What is posed rather than told is none (`whether 3 +
 * 4 = 8`), nor is any where remainders are reckoned with or the question defines a sign of its own.
 */
export function untrueEquations(text: string, question = ''): string[] {
  const plain = plainly(text)
  if (/\bmod(?:ul\w+)?\b|≡/i.test(`${plain} ${question}`) || definesSign(question)) return []
  const untrue = [...plain.matchAll(pattern)].filter(match => !holds(match) && !isPosed(plain, match))
  return untrue.map(([equation]) => equation)
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
    .replaceAll('−', '-')
    .replace(/(?<=\d) (plus|minus|times) (?=\d)/g, (_, word: string) => ` ${signs[word]} `)
    .replace(/(?<=[\d)]) (?:equals|is equal to) (?=-?\d)/g, ' = ')

const signs: Record<string, string> = { plus: '+', minus: '-', times: '×' }

function holds([, left = '', told = '']: RegExpExecArray): boolean {
  const value = worth(left.replaceAll(',', '').replace(' of ', ' * '))
  return value === null || Math.abs(value - numberOf(told)) <= slackOf(left, told, value)
}

/** What the result and the numbers that it is reckoned from may be off by. */
function slackOf(left: string, told: string, value: number): number {
  const carried = (left.match(new RegExp(number, 'gu')) ?? [])
    .map(each => ({ own: roundedBy(each), factor: Math.abs(value / numberOf(each)) }))
    .filter(({ own }) => own > 0)
    .map(({ own, factor }) => own * Math.max(/[÷/]/.test(left) ? 0 : 1, factor))
  return carried.reduce((sum, each) => sum + each, Math.max(roundedBy(told), cutBy(told, left))) + 1e-9
}

/** Its last digit where it has decimals, and a long number's last digit that is not 0. A short one is what it says. */
function roundedBy(text: string): number {
  const decimals = text.split('.')[1]?.length
  if (decimals !== undefined) return 0.51 * 10 ** -decimals
  const [size, zeros] = [Math.abs(numberOf(text)), /[0,]*$/.exec(text)?.[0].replaceAll(',', '').length ?? 0]
  return size < 1000 ? 0 : Math.max(0.51, Math.min(size * 0.005, 0.51 * 10 ** zeros))
}

/** Less than a unit where further decimals may be cut off, and those of a share or of a quotient of two digits. */
function cutBy(told: string, left: string): number {
  const decimals = told.split('.')[1]?.length
  const mayBeCut = decimals !== undefined || /%/.test(left) || (/[/÷]/.test(left) && /\d\d/.test(told))
  return mayBeCut ? (1 - 1e-6) * 10 ** -(decimals ?? 0) : 0
}
