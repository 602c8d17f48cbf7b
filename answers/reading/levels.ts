import { type Cursor, cursor, deeper, type Grammar, misplaced, need, take } from './cursor.ts'
import { apply, type Expression } from './expression.ts'

// Recursive descent: one function for each level of binding, the loosest first.

/** A whole text as one expression. Throws `Unreadable`. */
export function readWhole(text: string, grammar: Grammar): Expression {
  const at = cursor(text, grammar)
  const read = terms(at)
  return at.place < at.tokens.length ? misplaced(at) : read
}

export function terms(at: Cursor): Expression {
  const sign = take(at, '+', '-', '±', '∓')
  let sum = signed(sign ?? '+', product(at))
  for (let sign = take(at, '+', '-', '±', '∓'); sign; sign = take(at, '+', '-', '±', '∓'))
    sum = apply('+', sum, signed(sign, product(at)))
  return sum
}

function product(at: Cursor): Expression {
  let product = factor(at)
  for (let divided = false; ; ) {
    const sign = take(at, ...at.grammar.products)
    if (sign) divided = sign === '/'
    const longer = sign ? apply(sign, product, factor(at)) : at.grammar.beside(at, product, divided)
    if (!longer) return product
    product = longer
  }
}

export function factor(at: Cursor): Expression {
  const sign = take(at, '-', '+')
  return sign ? deeper(at, () => signed(sign, factor(at))) : at.grammar.power(at)
}

/** A sum up to the bracket that ends it. */
export function until(at: Cursor, end: string): Expression {
  const inner = deeper(at, () => terms(at))
  need(at, end)
  return inner
}

export const signed = (sign: string, of: Expression): Expression =>
  sign === '+' ? of : apply(sign === '-' ? 'neg' : sign, of)
