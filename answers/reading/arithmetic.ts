import { advance, type Cursor, deeper, type Grammar, kindOf, misplaced, need, peek, take } from './cursor.ts'
import { apply, type Expression, number } from './expression.ts'
import { factor, readWhole, terms, until } from './levels.ts'
import { type Lexicon, sign } from './lexer.ts'

/** The names that may be used, in lower case. */
export interface Names {
  constants: ReadonlySet<string>
  /** How many values each takes: one, or any number from one. */
  functions: ReadonlyMap<string, 'one' | 'several'>
}

const lexicon: Lexicon = {
  most: Number.POSITIVE_INFINITY,
  forms: [
    [/^(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/iu, text => [{ kind: 'number', text: text.toLowerCase() }]],
    [/^[a-z]\w*/iu, text => [{ kind: 'name', text: text.toLowerCase() }]],
    [/^(?:[*×]{2}|[-+*/%^(),×÷−])/u, text => [sign(text.replaceAll('×', '*'))]],
  ],
}

/**
 * A reader of arithmetic as it is typed, where every factor has its sign, every function its brackets, and % is what is
 * left over. Powers bind tighter than a sign before them and group from the right: -2^2 is -(2^2). It throws
 * `Unreadable`, which says where.
 */
export function arithmeticReader({ constants, functions }: Names): (text: string) => Expression {
  const grammar: Grammar = { lexicon, deepest: 100, products: ['*', '/', '%'], power, beside: () => null }

  function power(at: Cursor): Expression {
    const base = atom(at)
    if (!take(at, '^')) return base
    const exponent = deeper(at, () => factor(at))
    return apply('^', base, exponent)
  }

  function atom(at: Cursor): Expression {
    const name = peek(at)
    if (take(at, '(')) return until(at, ')')
    if (kindOf(at) === 'number') return number(advance(at).text)
    const takes = functions.get(name)
    if (!takes && !constants.has(name)) return misplaced(at)
    advance(at)
    return takes ? apply(name, ...values(at, takes)) : { kind: 'name', name }
  }

  return text => readWhole(text, grammar)
}

function values(at: Cursor, takes: 'one' | 'several'): Expression[] {
  need(at, '(')
  const found = [deeper(at, () => terms(at))]
  while (takes === 'several' && take(at, ',')) found.push(deeper(at, () => terms(at)))
  need(at, ')')
  return found
}
