import { holdsAll, parted } from './brackets.ts'
import type { Expression } from './expression.ts'
import { formula } from './formula.ts'
import { functions, mathematical, tokensIn, Unreadable } from './lexer.ts'
import { bare } from './plain.ts'

/** An answer in mathematics, as it was written. */
export type Mathematics =
  | { kind: 'value'; value: Expression }
  /**
   * Brackets around items in order: a tuple, an interval, a matrix (a list of rows), or, without brackets, just a list.
   */
  | { kind: 'list'; open: '' | '(' | '['; close: '' | ')' | ']'; items: Mathematics[] }
  | { kind: 'set'; items: Mathematics[] }
  /** Rows of equal length. */
  | { kind: 'matrix'; rows: Mathematics[][] }
  /** Real numbers as pieces: intervals, sets, or one minus another. */
  | { kind: 'union'; parts: Mathematics[] }
  | { kind: 'without'; from: Mathematics; what: Mathematics }
  /** `x = 5`, `f(x) = x^2`, `x \in (0,1)`: a body that is said to be what the label names. */
  | { kind: 'labelled'; label: string; body: Mathematics }
  /** `a < b <= c`: one sign fewer than sides. */
  | { kind: 'relation'; signs: Sign[]; sides: Expression[] }
export type Sign = '=' | '<' | '<=' | '>' | '>=' | '!='

const longest = 2000

/** Read an answer in LaTeX or plain writing; null where it is not mathematics or could mean two things. */
export function mathematics(text: string): Mathematics | null {
  if (text.length > longest) return null
  try {
    return either(normal(text))
  } catch (error) {
    if (error instanceof Unreadable) return null
    throw error
  }
}

const relations: [written: RegExp, plain: string][] = [
  [/\\(?:leq?|leqslant)(?![a-zA-Z])|≤|⩽|<=|=</g, '≤'],
  [/\\(?:geq?|geqslant)(?![a-zA-Z])|≥|⩾|>=/g, '≥'],
  [/\\(?:neq?|not\s*=)(?![a-zA-Z])|!=/g, '≠'],
  [/\\lt(?![a-zA-Z])/g, '<'],
  [/\\gt(?![a-zA-Z])/g, '>'],
  [/\\in(?![a-zA-Z])/g, '∈'],
  [/\\cup(?![a-zA-Z])/g, '∪'],
  [/\\(?:setminus|backslash)(?![a-zA-Z])/g, '∖'],
  [/\\(?:emptyset|varnothing)(?![a-zA-Z])|\bempty set\b|Ø/gi, '∅'],
  [/\\(?:lor|vee)(?![a-zA-Z])/g, ' or '],
  [/\\(?:land|wedge)(?![a-zA-Z])/g, ' and '],
  [/\\\{|\\lbrace(?![a-zA-Z])/g, '⦃'],
  [/\\\}|\\rbrace(?![a-zA-Z])/g, '⦄'],
]

/** Every spelling of a sign that parts an answer as one character. */
function normal(text: string): string {
  if (/\\frac\s*\{\s*d[^{}]*\}\s*\{\s*d\s*[a-z]/.test(bare(text)))
    throw new Unreadable('a derivative is not read')
  const real = text.replace(/\\mathbb\s*\{?\s*R\s*\}?|ℝ/g, ' (-∞,∞) ')
  const plain = relations.reduce((inner, [written, sign]) => inner.replace(written, sign), bare(real))
  return withoutThousands(setBraces(plain))
}

/** Outside brackets `1,234` and `1 234` are one number; inside they could be two. */
const withoutThousands = (text: string): string =>
  /[([{⦃]/.test(text)
    ? text
    : text.replace(/(?<![\d.,])[1-9]\d{0,2}(?:(?:,\d{3})+|(?: \d{3})+)(?![\d,]| \d)/g, digits =>
        digits.replace(/[, ]/g, ''),
      )

/** In plain writing braces make a set where they hold the whole of something; in LaTeX they group. */
const setBraces = (text: string): string =>
  /\\|[\^_]\{/.test(text) ? text : text.replaceAll('{', '⦃').replaceAll('}', '⦄')

/** `x = 1 or x = 2`, `1, 2 and 3`: several that hold together, in no order. */
function either(text: string): Mathematics {
  const { parts } = parted(text, /^(?:,? (?:or|and) )/i)
  if (parts.length === 1) return listed(text)
  const items = parts.flatMap(part => parted(part, /^[,;]/).parts).map(statement)
  const [first] = items
  const rest = items.slice(1)
  if (first?.kind === 'labelled' && rest.every(item => item.kind === 'value'))
    return { ...first, body: gathered([first.body, ...rest]) }
  return gathered(items)
}

/** Several solutions for one label are one set of solutions. */
function gathered(items: Mathematics[]): Mathematics {
  const [first] = items
  if (
    items.every(item => item.kind === 'labelled' && first?.kind === 'labelled' && item.label === first.label)
  ) {
    const bodies = items.map(item => (item.kind === 'labelled' ? item.body : item))
    return { kind: 'labelled', label: first?.kind === 'labelled' ? first.label : '', body: gathered(bodies) }
  }
  const isRegion = (item: Mathematics) => isInequality(item) || item.kind === 'list' || item.kind === 'union'
  return items.every(isRegion) ? { kind: 'union', parts: items } : { kind: 'set', items }
}

const isInequality = (item: Mathematics): boolean => item.kind === 'relation' && !item.signs.includes('=')

function listed(text: string): Mathematics {
  const { parts } = parted(text, /^[,;]/)
  if (parts.length === 1) return statement(text)
  const [first, ...rest] = parts.map(statement)
  if (first?.kind === 'labelled' && rest.every(item => item.kind === 'value'))
    return { ...first, body: { kind: 'set', items: [first.body, ...rest] } }
  const items = first ? [first, ...rest] : rest
  return items.every(item => item.kind === 'labelled')
    ? { kind: 'set', items }
    : { kind: 'list', open: '', close: '', items }
}

const label = /^\\?[a-zA-Zα-ω]+\w{0,1}(?:_(?:\w|\{\w+\}))?(?:\s*\(\s*[a-z](?:\s*,\s*[a-z])*\s*\))?$/iu

function statement(text: string): Mathematics {
  const { parts, signs } = parted(text, /^[=<>≤≥≠∈]/)
  const [first = '', ...rest] = parts
  if (signs.length === 0) return joined(text)
  if (isLabel(first) && signs.length === 1 && '=∈'.includes(signs[0] ?? ''))
    return named(first, rest[0] ?? '')
  const [second = ''] = rest
  if (signs.join() === '=' && isLabel(second)) return named(second, first)
  if (signs.includes('∈')) throw new Unreadable('only a name can be an element of something')
  return { kind: 'relation', signs: signs.map(plainSign), sides: parts.map(formula) }
}

const isLabel = (text: string): boolean =>
  label.test(text) && !/^\\?(?:pi|e|i|inf\w*)$/.test(text) && isName(text)

/** `x`, `x_1`, `theta`, `f(x)`, but not `xy` and not `sin(x)`. */
function isName(text: string): boolean {
  const [first, next] = tokensIn(text.replace(/\s*\(.*$/, ''), mathematical)
  return first?.kind === 'name' && !functions.has(first.text) && (next === undefined || next.text === '_')
}

const named = (name: string, body: string): Mathematics => ({
  kind: 'labelled',
  label: name.replace(/[\s\\{}]/g, ''),
  body: joined(body),
})

function plainSign(sign: string): Sign {
  const spelled: Record<string, Sign> = { '=': '=', '<': '<', '>': '>', '≤': '<=', '≥': '>=', '≠': '!=' }
  return spelled[sign] ?? '='
}

function joined(text: string): Mathematics {
  const union = parted(text, /^(?:∪| U (?=[([⦃]))/)
  if (union.parts.length > 1) return { kind: 'union', parts: union.parts.map(joined) }
  const [from = '', what, ...more] = parted(text, /^(?:∖|\\(?= *⦃))/).parts
  if (what === undefined) return enclosed(text)
  if (more.length > 0) throw new Unreadable('more than one set is taken away')
  return { kind: 'without', from: enclosed(from), what: enclosed(what) }
}

function enclosed(text: string): Mathematics {
  if (text === '∅') return { kind: 'set', items: [] }
  const whole = text.replace(/^\((\\begin.*)\)$/s, '$1')
  const [, kind, , body] = /^\\begin\{([pb]?matrix|array)\}(\{[clr| ]*\})?(.*)\\end\{\1\}$/s.exec(whole) ?? []
  if (kind !== undefined && body !== undefined) return matrix(body)
  const [open, close] = [text.charAt(0), text.slice(-1)]
  if (!'([⦃'.includes(open) || text.length < 2 || !')]⦄'.includes(close) || !holdsAll(text))
    return value(text)
  const { parts } = parted(text.slice(1, -1), /^[,;]/)
  if (open === '⦃' && close === '⦄') return set(parts)
  if (open === '⦃' || close === '⦄') throw new Unreadable('a brace is missing')
  if (open === '[' && close === ']' && parts.every(isRow))
    return rows(parts.map(part => cells(part.slice(1, -1), ',')))
  if (parts.length === 1) return value(text)
  return {
    kind: 'list',
    open: open === '(' ? '(' : '[',
    close: close === ')' ? ')' : ']',
    items: parts.map(joined),
  }
}

const set = (parts: string[]): Mathematics =>
  parts.join('') === '' ? { kind: 'set', items: [] } : { kind: 'set', items: parts.map(joined) }

const isRow = (text: string): boolean => /^\[.*\]$/.test(text) && holdsAll(text)
const cells = (row: string, between: ',' | '&'): Mathematics[] => row.split(between).map(value)

function matrix(body: string): Mathematics {
  const written = body.split('\\\\').map(row => row.trim())
  return rows((written.at(-1) === '' ? written.slice(0, -1) : written).map(row => cells(row, '&')))
}

function rows(rows: Mathematics[][]): Mathematics {
  if (rows.some(row => row.length !== rows[0]?.length)) throw new Unreadable('rows differ in length')
  return { kind: 'matrix', rows }
}

/** With ±, both values. */
function value(text: string): Mathematics {
  const read = formula(text)
  const [upper, lower] = [chosen(read, '+', '-'), chosen(read, '-', '+')]
  if (upper === read) return { kind: 'value', value: read }
  return { kind: 'set', items: [upper, lower].map(value => ({ kind: 'value', value })) }
}

/** The expression with every ± read as one sign and every ∓ as the other; the same object where there is none. */
function chosen(of: Expression, plusMinus: '+' | '-', minusPlus: '+' | '-'): Expression {
  if (of.kind !== 'apply') return of
  const to = of.to.map(part => chosen(part, plusMinus, minusPlus))
  const sign = of.operator === '±' ? plusMinus : of.operator === '∓' ? minusPlus : null
  const [only] = to
  if (sign && only) return sign === '+' ? only : { kind: 'apply', operator: 'neg', to }
  return to.every((part, index) => part === of.to[index]) ? of : { ...of, to }
}
