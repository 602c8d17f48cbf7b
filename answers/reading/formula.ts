import { advance, type Cursor, deeper, type Grammar, kindOf, need, peek, take } from './cursor.ts'
import { apply, type Expression, number } from './expression.ts'
import { readWhole, signed, until } from './levels.ts'
import { functions, mathematical, Unreadable } from './lexer.ts'

const closing = new Map(Object.entries({ '(': ')', '[': ']', '{': '}', '|': '|', '⌊': '⌋', '⌈': '⌉' }))

const grammar: Grammar = { lexicon: mathematical, deepest: 60, products: ['*', '/'], power, beside }

/**
 * Reads an expression in LaTeX or plain writing. It refuses what people read in two ways, like `1/2x` or `sin(x)^2`.
 * Throws `Unreadable`.
 */
export const formula = (text: string): Expression => readWhole(text, grammar)

/** Factors side by side are a product. */
function beside(at: Cursor, product: Expression, divided: boolean): Expression | null {
  if (!startsFactor(at)) return null
  if (divided) throw new Unreadable('a quotient is followed by a factor without a sign')
  if (kindOf(at) === 'number' && isClosed(at, product)) return apply('*', product, power(at))
  return mixed(at, product) ?? besides(product, power(at))
}

/** Whether it is clear that what follows is another factor: `(n-2)2^n`, `2^3 3^2`, `3!7!`. */
function isClosed(at: Cursor, product: Expression): boolean {
  const before = at.tokens[at.place - 1]?.text ?? ''
  const last = lastFactor(product)
  return [')', ']', '}', '|', '!'].includes(before) || (last.kind === 'apply' && last.operator === '^')
}

const lastFactor = (of: Expression): Expression =>
  of.kind === 'apply' && of.operator === '*' ? (of.to[1] ?? of) : of

/** Capitals of which one is inverted may be matrices, whose order matters. */
function besides(product: Expression, factor: Expression): Expression {
  const both = [lastFactor(product), factor]
  if (both.some(isInverted) && both.every(one => isInverted(one) || isCapital(one)))
    throw new Unreadable('it may be a product of matrices')
  return apply('*', product, factor)
}

const isCapital = (of: Expression): boolean => of.kind === 'name' && /^[A-Z]$/.test(of.name)
const isInverted = (of: Expression): boolean =>
  of.kind === 'apply' && of.operator === '^' && isCapital(of.to[0] ?? of) && isMinusOne(of.to[1] ?? of)

/** `2 3/4` and `2\frac{3}{4}` are two and three quarters. */
function mixed(at: Cursor, whole: Expression): Expression | null {
  const isFraction = peek(at) === 'frac'
  if (kindOf(at) === 'number') {
    const [above, slash, below] = [advance(at), take(at, '/'), kindOf(at) === 'number' ? advance(at) : null]
    if (!slash || !below || !isWhole(whole)) throw new Unreadable('a number follows without a sign')
    if (startsFactor(at)) throw new Unreadable('a quotient is followed by a factor without a sign')
    return apply('+', whole, proper(number(above.text), number(below.text)))
  }
  if (!isFraction || !isWhole(whole)) return null
  const fraction = power(at)
  const [above, below] = fraction.kind === 'apply' && fraction.operator === '/' ? fraction.to : []
  const numbers = above && below && isWhole(above) && isWhole(below)
  return numbers ? apply('+', whole, proper(above, below)) : apply('*', whole, fraction)
}

function startsFactor(at: Cursor): boolean {
  const text = peek(at)
  if (kindOf(at) !== 'sign') return kindOf(at) !== undefined
  if (text === '|') return !at.insideBars
  return closing.has(text) || ['frac', 'binom', 'sqrt', '√', '∞'].includes(text)
}

function power(at: Cursor): Expression {
  const isFunction = kindOf(at) === 'name' && functions.has(peek(at))
  const base = deeper(at, () => (isFunction ? call(at) : postfix(at, primary(at))))
  if (peek(at) !== '^') return base
  if (isFunction) throw new Unreadable('it is unclear what the power is of')
  advance(at)
  const grouped = peek(at) === '{' || peek(at) === '('
  const raised = apply('^', base, exponent(at))
  if (['!', '%', '°'].includes(peek(at))) throw new Unreadable('it is unclear what the sign is for')
  if (!grouped && endsInSign(raised)) throw new Unreadable('it is unclear what the sign is for')
  return raised
}

function exponent(at: Cursor): Expression {
  return deeper(at, () => {
    const sign = take(at, '-', '+')
    return signed(sign ?? '+', power(at))
  })
}

function postfix(at: Cursor, inner: Expression): Expression {
  const sign = take(at, '!', '%', '°')
  if (!sign) return inner
  if (peek(at) === '!') throw new Unreadable('a double factorial is not read')
  return postfix(at, apply(sign, inner))
}

function primary(at: Cursor): Expression {
  const { kind, text } = advance(at)
  if (kind === 'number') return number(text)
  if (kind === 'name') return named(at, text)
  if (text === '∞') return { kind: 'name', name: text }
  if (text === 'frac') return apply('/', ...twoArguments(at))
  if (text === 'binom') return apply(text, ...twoArguments(at))
  if (text === 'sqrt') return root(at)
  if (text === '√') return plainRoot(at)
  const end = closing.get(text)
  if (!end) throw new Unreadable(`${text} is out of place`)
  return enclosed(text, bracketed(at, end))
}

/** `f(2)` is a value of f, which nobody knows, rather than f times 2. */
function named(at: Cursor, text: string): Expression {
  const name = text + subscript(at)
  if (/^[fghFGP]/.test(name) && peek(at) === '(') throw new Unreadable('a function is not known')
  return { kind: 'name', name }
}

function bracketed(at: Cursor, end: string): Expression {
  const outer = at.insideBars
  at.insideBars = end === '|'
  const inner = until(at, end)
  at.insideBars = outer
  return inner
}

function root(at: Cursor): Expression {
  const degree = take(at, '[') ? bracketed(at, ']') : number('2')
  return apply('root', argument(at), degree)
}

/** `√12` and `sqrt 12` are of the whole number. */
function plainRoot(at: Cursor): Expression {
  if (kindOf(at) !== 'number') return root(at)
  const of = number(advance(at).text)
  if (startsFactor(at)) throw new Unreadable('it is unclear where the root ends')
  return apply('root', of, number('2'))
}

/** `{1}{2}`, `1{2}`, `12`. */
function twoArguments(at: Cursor): [Expression, Expression] {
  const [, above, below] = /^(\d)(\d)$/.exec(peek(at)) ?? []
  if (above === undefined || below === undefined) return [argument(at), argument(at)]
  advance(at)
  return [number(above), number(below)]
}

/** A group, or what TeX takes without one: a single digit or letter. */
function argument(at: Cursor): Expression {
  const { kind, text } = advance(at)
  if (kind === 'number' && /^\d$/.test(text)) return number(text)
  if (kind === 'name' && !functions.has(text)) return { kind, name: text }
  const end = text === '{' || text === '(' ? closing.get(text) : undefined
  if (!end) throw new Unreadable(`an argument cannot begin with ${text}`)
  return bracketed(at, end)
}

function subscript(at: Cursor): string {
  if (!take(at, '_')) return ''
  if (!take(at, '{')) return `_${advance(at).text}`
  let text = '_'
  while (peek(at) !== '}') text += advance(at).text
  need(at, '}')
  return text
}

function call(at: Cursor): Expression {
  const name = advance(at).text
  const base = name === 'log' && take(at, '_') ? argument(at) : null
  const power = take(at, '^') ? exponent(at) : null
  const inner = operand(at)
  if (power && isMinusOne(power)) return apply(inverse(name), inner)
  const called = base ? apply('log', inner, base) : apply(name, inner)
  return power ? apply('^', called, power) : called
}

/** `sin(x)` takes the brackets, `sin 2x` the product up to the next sign or function. */
function operand(at: Cursor): Expression {
  const isBracketed = ['(', '[', '{'].includes(peek(at))
  let operand = isBracketed ? primary(at) : power(at)
  if (isBracketed && ['!', '%'].includes(peek(at))) throw new Unreadable('it is unclear what the sign is for')
  while (!isBracketed && startsFactor(at) && kindOf(at) === 'name' && !functions.has(peek(at)))
    operand = apply('*', operand, power(at))
  return operand
}

const endsInSign = (of: Expression): boolean => {
  const last = of.kind === 'apply' ? of.to[1] : undefined
  return last?.kind === 'apply' && ['!', '%', '°'].includes(last.operator)
}

const isWhole = (of: Expression): boolean => of.kind === 'number' && /^\d+$/.test(of.digits)

function proper(above: Expression, below: Expression): Expression {
  const [n, d] = [above, below].map(part => (part.kind === 'number' ? Number(part.digits) : Number.NaN))
  if (!(Number(n) > 0 && Number(n) < Number(d)))
    throw new Unreadable('a mixed number has an improper fraction')
  return apply('/', above, below)
}

function enclosed(open: string, inner: Expression): Expression {
  const named = new Map(Object.entries({ '|': 'abs', '⌊': 'floor', '⌈': 'ceil' })).get(open)
  return named ? apply(named, inner) : inner
}

const isMinusOne = (of: Expression): boolean =>
  of.kind === 'apply' && of.operator === 'neg' && of.to[0]?.kind === 'number' && of.to[0].digits === '1'

function inverse(name: string): string {
  if (!['sin', 'cos', 'tan'].includes(name)) throw new Unreadable(`${name} to the power of -1 is unclear`)
  return `arc${name}`
}
