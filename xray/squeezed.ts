import type { Span } from './span.ts'

/**
 * A text without what trainers and JSON write in many ways: white space, backslashes and the escapes that they begin.
 * Two writings of one thing are the same when they are squeezed. A picture is one character, `pictureMark` of it.
 */
export const squeezed = (text: string): string => kept(text).text

/** Private characters, which no text keeps when it is squeezed. */
const firstMark = 0xe000
const marks = 6400
export const pictureMark = (picture: number): string => String.fromCharCode(firstMark + (picture % marks))

/** What escapes stand for: a character, or white space, which goes. A run of backslashes is one escape. */
const dropped = /\\+u([0-9a-fA-F]{4})|\\+[nrtbf]|\\+|[\s\p{Cc}\u200b\ue000-\uf8ff]+/gu

interface Kept {
  text: string
  /** Where each character of it stood. */
  from: number[]
}

function kept(text: string): Kept {
  const pieces: string[] = []
  const from: number[] = []
  const take = (piece: string, at: number, step: 0 | 1) => {
    pieces.push(piece)
    for (let index = 0; index < piece.length; index++) from.push(at + index * step)
  }
  let at = 0
  for (const match of text.matchAll(dropped)) {
    take(text.slice(at, match.index), at, 1)
    if (match[1]) take(characterOf(match[1]), match.index, 0)
    at = match.index + match[0].length
  }
  take(text.slice(at), at, 1)
  return { text: pieces.join(''), from }
}

/** White space and private characters go also where they are written as escapes. */
function characterOf(code: string): string {
  const character = String.fromCharCode(Number.parseInt(code, 16))
  return /[\s\p{Cc}\u200b\ue000-\uf8ff]/u.test(character) ? '' : character
}

/** All spans of a rendering as one squeezed text, and for each of its characters where it is from. */
export interface SqueezedText {
  text: string
  /** Of each character: its span, and its place in the span's text. */
  span: Int32Array
  place: Int32Array
}

export function fieldOf(spans: readonly Span[]): SqueezedText {
  const each = spans.map(span =>
    span.kind === 'text' ? kept(span.text) : { text: pictureMark(span.picture), from: [0] },
  )
  const text = each.map(({ text }) => text).join('')
  return {
    text,
    span: Int32Array.from(each.flatMap(({ from }, index) => from.map(() => index))),
    place: Int32Array.from(each.flatMap(({ from }) => from)),
  }
}
