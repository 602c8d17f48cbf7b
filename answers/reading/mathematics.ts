import { holdsAll, parted } from './brackets.ts'
import type { Expression } from './expression.ts'
import { formula } from './formula.ts'
import { functions, mathematical, tokensIn, Unreadable } from './lexer.ts'
import { inOneSpelling } from './one-spelling.ts'

/** An answer in mathematics, as it was written. */
export type Mathematics =
  | { kind: 'value'; value: Expression }
  /**
   * Brackets around items in order: a tuple, an interval, a matrix (a list of rows), or, without brackets, just a list.
   */
  | { kind: 'list'; open: '' | '(' | '['; close: '' | ')' | ']'; items: Mathematics[] }
  /** `spoken`: as words say it (`1, 2 and 3`), so that it has an order where the question asks for one. */
  | { kind: 'set'; items: Mathematics[]; spoken?: boolean }
  /** Rows of equal length. */
  | { kind: 'matrix'; rows: Mathematics[][] }
  /** Real numbers as pieces: intervals, sets, or one minus another. `apart`: where `and` says it, none may overlap. */
  | { kind: 'union'; parts: Mathematics[]; apart?: boolean }
  /** Statements of which all hold together, or any. */
  | { kind: 'joined'; by: 'and' | 'or'; parts: Mathematics[] }
  | { kind: 'without'; from: Mathematics; what: Mathematics }
  /** `x = 5`, `f(x) = x^2`, `x \in (0,1)`: a body that is said to be what the label names, or to hold it. */
  | { kind: 'labelled'; label: string; within: boolean; body: Mathematics }
  /** `a < b <= c`: one sign fewer than sides. */
  | { kind: 'relation'; signs: Sign[]; sides: Expression[] }
export type Sign = '=' | '<' | '<=' | '>' | '>=' | '!='

const longest = 2000

/** Read an answer in LaTeX or plain writing; null where it is not mathematics or could mean two things. */
export function mathematics(text: string): Mathematics | null {
  if (text.length > longest) return null
  try {
    return either(inOneSpelling(text))
  } catch (error) {
    if (error instanceof Unreadable) return null
    throw error
  }
}

/** `x = 1 or x = 2`, `1, 2 and 3`, `x > 1 and x < 2`. */
function either(text: string): Mathematics {
  const { parts, signs } = parted(text, /^(?:,? (?:or|and) )/i)
  if (parts.length === 1) return listed(text)
  const items = parts.flatMap(part => parted(part, /^[,;]/).parts).map(statement)
  const words = new Set(signs.map(sign => (/or$/i.test(sign) ? 'or' : 'and')))
  const [by = 'and', other] = words
  const [first, ...rest] = items
  if (first?.kind === 'labelled' && rest.every(item => item.kind === 'value'))
    return { ...first, body: spokenSet([first.body, ...rest]) }
  if (!other) return gathered(items, by)
  if (items.every(item => item.kind === 'value')) return spokenSet(items)
  throw new Unreadable('what belongs together is not clear')
}

const spokenSet = (items: Mathematics[]): Mathematics => ({ kind: 'set', items, spoken: true })

/** Several answers are one set; several statements hold together or each for itself. */
function gathered(items: Mathematics[], by: 'and' | 'or'): Mathematics {
  const [first] = items
  if (first?.kind === 'labelled' && items.every(item => isLabelled(item, first.label))) {
    const bodies = items.map(item => (item.kind === 'labelled' ? item.body : item))
    return { ...first, body: first.within ? { kind: 'joined', by, parts: bodies } : together(bodies, by) }
  }
  return together(items, by)
}

const isLabelled = (item: Mathematics, label: string): boolean =>
  item.kind === 'labelled' && item.label === label

function together(items: Mathematics[], by: 'and' | 'or'): Mathematics {
  const isRegion = (item: Mathematics) => item.kind === 'union' || isInterval(item)
  if (items.every(isRegion)) return { kind: 'union', parts: items, apart: by === 'and' }
  const isStatement = (item: Mathematics) =>
    isInequality(item) || item.kind === 'union' || (item.kind === 'labelled' && item.within)
  if (items.some(isStatement)) {
    const leavesOut = (item: Mathematics) => item.kind === 'relation' && item.signs.includes('!=')
    // "x is not 1 or not 2" says nothing, and whoever writes it means something.
    if (by === 'or' && items.some(leavesOut)) throw new Unreadable('only one of these is left out')
    return { kind: 'joined', by, parts: items }
  }
  const labels = items.map(item => (item.kind === 'labelled' ? item.label : ''))
  if (by === 'or' && new Set(labels).size > 1) return { kind: 'joined', by, parts: items }
  return spokenSet(items)
}

/** What can be no point: an end that is infinite, or two kinds of brackets. */
const isInterval = (item: Mathematics): boolean =>
  item.kind === 'list' &&
  item.items.length === 2 &&
  (`${item.open}${item.close}` === '(]' ||
    `${item.open}${item.close}` === '[)' ||
    item.items.some(isInfinite))

function isInfinite(item: Mathematics): boolean {
  const value = item.kind === 'value' ? item.value : undefined
  const inner = value?.kind === 'apply' && value.operator === 'neg' ? value.to[0] : value
  return inner?.kind === 'name' && inner.name === '∞'
}

const isInequality = (item: Mathematics): boolean => item.kind === 'relation' && !item.signs.includes('=')

function listed(text: string): Mathematics {
  const { parts } = parted(text, /^[,;]/)
  if (parts.length === 1) return statement(text)
  const [first, ...rest] = parts.map(statement)
  if (first?.kind === 'labelled' && rest.every(item => item.kind === 'value'))
    return { ...first, body: spokenSet([first.body, ...rest]) }
  const items = first ? [first, ...rest] : rest
  return items.every(item => item.kind === 'labelled')
    ? gathered(items, 'and')
    : { kind: 'list', open: '', close: '', items }
}

const label =
  /^(?:⟦\w+⟧|\\?[a-zA-Zα-ω]+\w{0,1})(?:_(?:\w|\{\w+\}))?(?:\s*\(\s*[a-z](?:\s*,\s*[a-z])*\s*\))?$/iu

function statement(text: string): Mathematics {
  const { parts, signs } = parted(text, /^[=<>≤≥≠∈]/)
  const [first = '', ...rest] = parts
  if (signs.length === 0) return joined(text)
  const [second = ''] = rest
  if (isLabel(first) && signs.length === 1 && '=∈'.includes(signs[0] ?? ''))
    return named(first, second, signs[0] === '∈')
  if (signs.join() === '=' && isNames(first)) return named(first, second, false)
  if (signs.join() === '=' && isLabel(second)) return named(second, first, false)
  if (signs.includes('∈')) throw new Unreadable('only a name can be an element of something')
  return { kind: 'relation', signs: signs.map(plainSign), sides: parts.map(side) }
}

const isLabel = (text: string): boolean =>
  label.test(text) && !/^\\?(?:pi|e|i|inf\w*)$/.test(text) && isName(text)

/** `0 < f(x) < 1`: a value that has no other name. */
const side = (text: string): Expression =>
  isLabel(text) && text.includes('(') ? { kind: 'name', name: text.replace(/[\s\\{}]/g, '') } : formula(text)

/** `(x, y)` */
const isNames = (text: string): boolean =>
  /^\([^()]+,[^()]+\)$/.test(text) &&
  text
    .slice(1, -1)
    .split(',')
    .every(name => isLabel(name.trim()))

/** `x`, `x_1`, `theta`, `f(x)`, but not `xy` and not `sin(x)`. */
function isName(text: string): boolean {
  const [first, next] = tokensIn(text.replace(/\s*\(.*$/, ''), mathematical)
  return first?.kind === 'name' && !functions.has(first.text) && (next === undefined || next.text === '_')
}

const named = (name: string, body: string, within: boolean): Mathematics => ({
  kind: 'labelled',
  label: name.replace(/[\s\\{}⟦⟧]/g, ''),
  within,
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
  if (open === '⦃' && close === '⦄') return described(text.slice(1, -1)) ?? set(parts)
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

/** `{x | x > 1}`: the numbers for which something holds. */
function described(text: string): Mathematics | null {
  const { parts } = parted(text, /^(?:∣|\||:)/)
  const [name = '', condition] = parts
  if (condition === undefined || parts.length > 2) return null
  const [own = ''] = name.split('∈')
  if (!isLabel(own.trim()) || /∈(?! *\(-∞,∞\) *$)/.test(name))
    throw new Unreadable('which numbers is not clear')
  const holds = either(condition)
  if (namesOf(holds).some(each => each !== own.trim())) throw new Unreadable('it is about another name')
  return holds
}

const namesOf = (of: Mathematics): string[] => {
  if (of.kind === 'labelled') return [of.label]
  if (of.kind === 'joined') return of.parts.flatMap(namesOf)
  return of.kind === 'relation' ? of.sides.flatMap(side => (side.kind === 'name' ? [side.name] : [])) : []
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
