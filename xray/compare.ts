import { type Located, locate } from './located.ts'
import { type Loss, lossOver, untrainedEnds, wronglyTrained } from './loss.ts'
import type { MeantPiece, MeantRow, PieceKind } from './piece.ts'
import type { Rendering } from './span.ts'
import { fieldOf, type SqueezedText, squeezed } from './squeezed.ts'
import type { TrainingFault, TrainingFaultKind } from './training-fault.ts'
import type { TurnMarks } from './turn-marks.ts'

/** What was meant against what a trainer makes of it; `located` says where each piece stands, for whoever draws it. */
export interface TaughtRow {
  faults: TrainingFault[]
  located: Located[]
  field: SqueezedText
}

export function compare(meant: MeantRow, rendering: Rendering, marks: TurnMarks): TaughtRow {
  const field = fieldOf(rendering.spans)
  const located = locate(meant.pieces, field)
  const loss = lossOver(field, rendering)
  const end = cutAfter(located, field, rendering, marks)
  const trained = loss.any(0, field.text.length)
    ? [...wronglyTrained(located, loss), ...(end ? [] : untrainedEnds(located, loss, field, marks))]
    : [found('nothing_trained')]
  const faults = [
    ...missing(end ? located.slice(0, end.index + 1) : located),
    ...(end ? [found('cut', end.turn, end.shown)] : []),
    ...repeated(meant, rendering),
    ...leftTags(rendering),
    ...trained,
    ...structure(field, loss, marks),
  ]
  return { faults, located, field }
}

const found = (kind: TrainingFaultKind, turn = 0, detail = ''): TrainingFault => ({ kind, turn, detail })
const about = (kind: TrainingFaultKind, { turn, shown }: MeantPiece): TrainingFault =>
  found(kind, turn, shown)

/**
 * Where a row was cut, if it was: its trainer says so; or of what was meant nothing stands behind some place, and the
 * row ends there within a turn, or more than a turn is gone.
 */
function cutAfter(
  located: readonly Located[],
  { text }: SqueezedText,
  { cut }: Rendering,
  { end }: TurnMarks,
) {
  const index = located.findLastIndex(({ found }) => found !== 'nowhere')
  const gone = located.slice(index + 1)
  const turns = new Set(gone.map(({ piece }) => piece.turn)).size
  if (!cut && (gone.length === 0 || (text.endsWith(squeezed(end)) && turns < 2))) return undefined
  const last = located[index]?.piece
  return { index, turn: last?.turn ?? 0, shown: last ? `after ${last.shown}` : 'from the beginning' }
}

const lostAs: Record<PieceKind, TrainingFaultKind> = {
  system: 'system_lost',
  tool: 'tools_lost',
  question: 'question_lost',
  thought: 'thought_lost',
  call: 'call_lost',
  result: 'result_lost',
  reminder: 'reminder_lost',
  answer: 'answer_lost',
}

/** What stands nowhere, or elsewhere. */
function missing(located: readonly Located[]): TrainingFault[] {
  return located.flatMap(({ piece, found }) => {
    const isPicture = piece.picture !== undefined
    if (found === 'in_place') return []
    if (found === 'elsewhere') return [about(isPicture ? 'picture_moved' : 'order_changed', piece)]
    return [about(isPicture ? 'picture_lost' : lostAs[piece.kind], piece)]
  })
}

function repeated({ pictures }: MeantRow, { spans }: Rendering): TrainingFault[] {
  const shown = spans.filter(({ kind }) => kind === 'picture').length
  return shown > pictures ? [found('picture_repeated', 0, `${shown} for ${pictures}`)] : []
}

function leftTags({ spans }: Rendering): TrainingFault[] {
  const tags = spans.flatMap(span =>
    span.kind === 'text' ? (span.text.match(/<(?:image|video|audio)>/g) ?? []) : [],
  )
  return tags.map(tag => found('placeholder_left', 0, tag))
}

/** What of the template itself is trained that should not be. */
function structure({ text }: SqueezedText, loss: Loss, { head }: TurnMarks): TrainingFault[] {
  const isTrained = (needle: string) =>
    needle !== '' && placesOf(needle, text).some(at => loss.any(at, at + needle.length))
  return [
    ...(isTrained(squeezed(head)) ? [found('header_trained', 0, head)] : []),
    ...(isTrained('<think></think>') ? [found('empty_thought_trained')] : []),
  ]
}

function placesOf(needle: string, text: string): number[] {
  const places: number[] = []
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) places.push(at)
  return places
}
