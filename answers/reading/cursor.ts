import type { Expression } from './expression.ts'
import { type Lexicon, type Token, tokensIn, Unreadable } from './lexer.ts'

/** One way of writing expressions. */
export interface Grammar {
  lexicon: Lexicon
  /** Levels that may lie in each other. */
  deepest: number
  /** The signs between factors. */
  products: readonly string[]
  /** A factor, without a sign before it. */
  power(at: Cursor): Expression
  /** The product with what follows it without a sign; null where nothing does. */
  beside(at: Cursor, product: Expression, divided: boolean): Expression | null
}

/** Where in a text's tokens a reader stands. */
export interface Cursor {
  readonly grammar: Grammar
  readonly tokens: readonly Token[]
  place: number
  depth: number
  /** Inside |…| another bar closes. */
  insideBars: boolean
}

export const cursor = (text: string, grammar: Grammar): Cursor => ({
  grammar,
  tokens: tokensIn(text, grammar.lexicon),
  place: 0,
  depth: 0,
  insideBars: false,
})

/** The text of the next token; empty at the end. */
export const peek = (at: Cursor): string => at.tokens[at.place]?.text ?? ''

export const kindOf = (at: Cursor): Token['kind'] | undefined => at.tokens[at.place]?.kind

export function advance(at: Cursor): Token {
  const token = at.tokens[at.place] ?? misplaced(at)
  at.place += 1
  return token
}

/** The next token, if it is one of these. */
export function take(at: Cursor, ...texts: string[]): string | null {
  return texts.includes(peek(at)) ? advance(at).text : null
}

export function need(at: Cursor, text: string): void {
  if (take(at, text) === null) misplaced(at)
}

/** Nothing can be done with the next token, or with the end. */
export function misplaced(at: Cursor): never {
  const found = at.tokens[at.place]
  throw new Unreadable(
    found ? `"${found.text}" at character ${found.at} is out of place.` : 'The expression is not complete.',
  )
}

/** Read what is inside something. */
export function deeper<T>(at: Cursor, read: () => T): T {
  at.depth += 1
  if (at.depth > at.grammar.deepest)
    throw new Unreadable(`The expression is nested more than ${at.grammar.deepest} deep.`)
  const inner = read()
  at.depth -= 1
  return inner
}
