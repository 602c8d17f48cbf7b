import { canonicalJson } from '../../schemas/hash.ts'
import { isObject, parseJson } from '../../schemas/json.ts'
import type { ToolCall, Trajectory } from '../../schemas/trajectory.ts'
import { wordsIn } from '../../words/words.ts'

/**
 * What a trajectory did, so that two that did the same give the same text: its calls, or its words where it made none.
 */
export function deedsOf({ turns }: Trajectory): string {
  const calls = turns.flatMap(({ reply, reminder }) => (reminder ? [] : reply.calls.map(callDone)))
  return calls.length > 0
    ? calls.join('\n')
    : turns.map(({ reply }) => wordsIn(reply.text, 'likeness').join(' ')).join('\n')
}

/** A call as text, so that two that ask for the same give the same. */
export function callDone({ name, arguments: text }: ToolCall): string {
  const args = parseJson(text)
  if (args === undefined) return `${name} ${text}`
  const code = isObject(args) && typeof args.code === 'string' && { ...args, code: plainCode(args.code) }
  return `${name} ${canonicalJson(code || args)}`
}

const string = /("""|''')[\s\S]*?\1|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/
/** Strings, comments, a space between words, and other spaces except those a line begins with. */
const token = new RegExp(
  `(?<literal>${string.source.replace('\\1', '\\2')})|#[^\\n]*|(?<space>(?<=\\w)[^\\S\\n]+(?=\\w))|(?<=\\S)[^\\S\\n]+`,
  'g',
)

/** Python without comments, blank lines and spaces that mean nothing. */
const plainCode = (code: string): string =>
  code
    .replace(token, (_, literal, __, space) => literal ?? (space ? ' ' : ''))
    .replace(/\s*\n(?=\s*(?:\n|$))/g, '')
    .trim()
