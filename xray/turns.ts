import { parseJson } from '../schemas/json.ts'
import type { MeantPiece, PieceKind } from './piece.ts'
import { callOf, type SaidCall, type SaidPart, type Utterance } from './utterance.ts'

/** What stands before the model’s first word, and then each turn: what the model says, and what comes back. */
export function turnsOf(messages: readonly Utterance[]): MeantPiece[][] {
  const turns: MeantPiece[][] = [[]]
  let before: Utterance | undefined
  for (const message of messages) {
    if (message.by === 'assistant' && before?.by !== 'assistant') turns.push([])
    const turn = turns.length - 1
    const isBack = turns[turn]?.some(({ kind }) => kind === 'call') ?? false
    turns[turn]?.push(
      ...piecesOf(message, isBack ? 'result' : turn === 0 ? 'question' : 'reminder').map(piece => ({
        ...piece,
        turn,
      })),
    )
    before = message
  }
  return turns
}

type Bare = Omit<MeantPiece, 'turn'>

function piecesOf({ by, parts, calls, trained }: Utterance, heardAs: PieceKind): Bare[] {
  if (by === 'system') return []
  if (by !== 'assistant') return parts.flatMap(part => heard(part, by === 'tool' ? 'result' : heardAs))
  const said = parts.flatMap(part => ('text' in part ? spokenOf(part.text, trained) : []))
  return [...said, ...calls.map(call => callPiece(call, trained))]
}

/** What others say: the question at first, later what tools gave, or a reminder where no tool was called. */
function heard(part: SaidPart, kind: PieceKind): Bare[] {
  if ('picture' in part)
    return [{ kind, texts: [], picture: part.picture, trained: false, shown: `picture ${part.picture + 1}` }]
  const text = part.text.replace(/<\/?tool_response>/g, '').trim()
  return text === '' ? [] : [pieceOf(kind, text, false)]
}

const block = /<(think|tool_call|code|answer)>([\s\S]*?)<\/\1>/g

/** Thoughts, calls and the answer in what the model says, in its order. */
function spokenOf(text: string, trained: boolean): Bare[] {
  const pieces: Bare[] = []
  const thought = (text: string) =>
    text.trim() !== '' && pieces.push(pieceOf('thought', text.trim(), trained))
  let at = 0
  for (const match of text.matchAll(block)) {
    const [written, tag, inner = ''] = match
    thought(text.slice(at, match.index))
    if (tag === 'think') thought(inner)
    else if (tag === 'answer') pieces.push(pieceOf('answer', written, trained))
    else pieces.push(...callsIn(inner, trained))
    at = match.index + written.length
  }
  thought(text.slice(at))
  return pieces
}

/** A block that is no call in JSON is one by its text; one that is may also stand as it is. */
function callsIn(inner: string, trained: boolean): Bare[] {
  const made = parseJson(inner)
  const calls = (Array.isArray(made) ? made : [made ?? null]).flatMap(callOf)
  const [only, ...others] = calls.map(call => callPiece(call, trained))
  if (!only) return [pieceOf('call', inner, trained)]
  return others.length > 0 ? [only, ...others] : [{ ...only, texts: [...only.texts, inner] }]
}

const callPiece = (call: SaidCall, trained: boolean): Bare => ({
  kind: 'call',
  texts: writingsOf(call),
  trained,
  shown: shortened(`${call.name} ${call.arguments}`),
})

/** A call as JSON, its arguments as they are or as JavaScript writes them, and as templates that use tags write it. */
function writingsOf({ name, arguments: raw }: SaidCall): string[] {
  const value = parseJson(raw)
  const json = [raw, ...(value === undefined ? [] : [JSON.stringify(value)])]
  const tagged = Object.entries(typeof value === 'object' && value !== null ? value : {}).map(
    ([key, each]) =>
      `<parameter=${key}>${typeof each === 'string' ? each : JSON.stringify(each)}</parameter>`,
  )
  return [
    ...json.map(given => `"name":${JSON.stringify(name)},"arguments":${given}`),
    `<function=${name}>${tagged.join('')}</function>`,
  ]
}

export const pieceOf = (kind: PieceKind, text: string, trained: boolean): Bare => ({
  kind,
  texts: [text],
  trained,
  shown: shortened(text),
})

const shortened = (text: string) => {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 80 ? `${line.slice(0, 79)}…` : line
}
