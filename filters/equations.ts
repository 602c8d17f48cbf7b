const number = /-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?/u.source
const operator = /\s*[+\-−×*/÷]\s*/u.source
const pattern = new RegExp(
  `(?<![\\w.,%)\\]])(?<![=^+\\-−×*/÷)]\\s*)(${number})(${operator})(${number})\\s*=\\s*(${number})(?![\\w%^(/*]|\\.\\d|\\s*[+\\-−×*/÷^%])`,
  'gu',
)

/** The equations of two plain numbers that are not true, whatever was rounded: `3 + 4 = 8`. */
export const untrueEquations = (text: string): string[] =>
  [...text.matchAll(pattern)].filter(match => !holds(match)).map(([equation]) => equation)

function holds([, a = '', operator = '', b = '', c = '']: RegExpMatchArray): boolean {
  const values = ends(a).flatMap(left => ends(b).map(right => apply(left, operator.trim(), right)))
  const [least = 0, most = 0] = ends(c)
  return Math.min(...values) <= most && Math.max(...values) >= least
}

/** A number with decimals may be rounded, and a long one to its last digit that is not 0; a short whole one is what it says. */
function ends(text: string): [number, number] {
  const plain = text.replaceAll(',', '')
  const value = Number(plain)
  const decimals = plain.split('.')[1]?.length
  const slack = decimals === undefined ? slackOf(value, plain) : 0.51 * 10 ** -decimals
  return [value - slack, value + slack]
}

function slackOf(value: number, plain: string): number {
  const zeros = /0*$/.exec(plain)?.[0].length ?? 0
  return Math.abs(value) < 1000 ? 0 : Math.max(0.51, Math.min(Math.abs(value) * 0.005, 0.51 * 10 ** zeros))
}

function apply(a: number, operator: string, b: number): number {
  if (operator === '+') return a + b
  if (operator === '-' || operator === '−') return a - b
  return operator === '/' || operator === '÷' ? a / b : a * b
}
