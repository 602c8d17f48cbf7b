import { type Token, tokens, Unreadable } from './tokens.ts'

/** Where in a text's tokens a reader stands. */
export interface Cursor {
  readonly tokens: readonly Token[]
  place: number
  depth: number
  /** Inside |…| another bar closes. */
  insideBars: boolean
}

const deepest = 60

export const cursor = (text: string): Cursor => ({
  tokens: tokens(text),
  place: 0,
  depth: 0,
  insideBars: false,
})

/** The text of the next token; empty at the end. */
export const peek = (at: Cursor): string => at.tokens[at.place]?.text ?? ''

export const kindOf = (at: Cursor): Token['kind'] | undefined => at.tokens[at.place]?.kind

export function next(at: Cursor): Token {
  const token = at.tokens[at.place]
  if (!token) throw new Unreadable('it ends too early')
  at.place += 1
  return token
}

/** The next token, if it is one of these. */
export function take(at: Cursor, ...texts: string[]): string | null {
  return texts.includes(peek(at)) ? next(at).text : null
}

export function need(at: Cursor, text: string): void {
  if (take(at, text) === null) throw new Unreadable(`${text} is missing`)
}

/** Read what is inside something. */
export function deeper<T>(at: Cursor, read: () => T): T {
  at.depth += 1
  if (at.depth > deepest) throw new Unreadable('it is nested too deeply')
  const inner = read()
  at.depth -= 1
  return inner
}
