import type { Json, JsonObject } from '../schemas/json.ts'
import type { MeantPiece, MeantRow } from './piece.ts'
import { squeezed } from './squeezed.ts'
import { pieceOf, turnsOf } from './turns.ts'
import { jsonOf, listIn, objectIn, textIn, type Utterance, utterancesIn } from './utterance.ts'

/**
 * What a row of a target is to teach. Where the row of the same trajectory in `hf/` is given, what it says counts, and
 * of the target’s row only the system prompt and which turns are trained: so what the target lost is seen, too.
 */
export function meantBy(row: JsonObject, view?: JsonObject): MeantRow {
  const messages = utterancesIn(row)
  const own = turnsOf(messages)
  const turns = view ? taught(own, turnsOf(utterancesIn(view))) : own
  const system = systemOf(messages)
  const pieces = [...system, ...toolsBeside(system, toolsOf(row, view)), ...turns.flat()]
  return { pieces, pictures: pieces.filter(({ picture }) => picture !== undefined).length }
}

const systemOf = (messages: readonly Utterance[]): MeantPiece[] =>
  messages
    .filter(({ by }) => by === 'system')
    .flatMap(({ parts }) => parts)
    .flatMap(part =>
      'text' in part && part.text.trim() !== '' ? [{ ...pieceOf('system', part.text, false), turn: 0 }] : [],
    )

/** A tool is known by what it says of itself: it is longer than its name, and stands nowhere else. */
function toolsOf(row: JsonObject, view?: JsonObject): MeantPiece[] {
  return listIn(jsonOf(row.tools ?? view?.tools)).flatMap((tool: Json) => {
    const { name, description } = objectIn(objectIn(tool).function ?? tool)
    const told = textIn(description) || textIn(name)
    return told === '' ? [] : [{ ...pieceOf('tool', told, false), shown: textIn(name), turn: 0 }]
  })
}

/** Tools that stand in the system prompt itself are a part of it. */
const toolsBeside = (system: readonly MeantPiece[], tools: readonly MeantPiece[]): MeantPiece[] => {
  const text = system.flatMap(({ texts }) => texts.map(squeezed)).join('\n')
  return tools.filter(({ texts }) => !texts.some(told => text.includes(squeezed(told))))
}

/** The turns of the view that the row is made of, trained as the row says. */
function taught(own: readonly MeantPiece[][], view: readonly MeantPiece[][]): MeantPiece[][] {
  const unreminded = view.filter((turn, index) => index === 0 || turn.every(isTaught))
  const chosen = [view, unreminded].find(turns => sameEnd(own, turns)) ?? view
  const turns = sameEnd(own, chosen) ? upTo(own, chosen) : chosen
  return turns.map((turn, index) =>
    turn.map(piece => ({ ...piece, ...asRow(piece, own[index] ?? [], index) })),
  )
}

/** As far as the row goes: it may end with a call. */
const upTo = (own: readonly MeantPiece[][], view: readonly MeantPiece[][]): MeantPiece[][] =>
  view.slice(0, own.length).map((turn, index) => {
    const endsHere = index === own.length - 1 && !own[index]?.some(({ kind }) => kind === 'result')
    return endsHere ? turn.filter(({ kind }) => isSpoken(kind)) : turn
  })

const isTaught = ({ kind, trained }: MeantPiece) => !isSpoken(kind) || trained
const isSpoken = (kind: MeantPiece['kind']) => kind === 'thought' || kind === 'call' || kind === 'answer'

function asRow({ kind, trained }: MeantPiece, own: readonly MeantPiece[], turn: number) {
  const said = own.filter(({ kind }) => isSpoken(kind))
  return {
    turn,
    trained: isSpoken(kind) && (said.length > 0 ? said.some(({ trained }) => trained) : trained),
  }
}

/** Whether the row ends where the other’s turn of the same number does. */
const sameEnd = (own: readonly MeantPiece[][], view: readonly MeantPiece[][]): boolean =>
  view.length >= own.length && deedOf(own.at(-1) ?? []) === deedOf(view[own.length - 1] ?? [])

/** What a turn does: its calls, or its answer. */
const deedOf = (turn: readonly MeantPiece[]): string =>
  turn
    .filter(({ kind }) => kind === 'call' || kind === 'answer')
    .map(({ texts }) => squeezed(texts[0] ?? ''))
    .join('\n')
