import type { Located } from './located.ts'
import type { PieceKind } from './piece.ts'
import type { Rendering } from './span.ts'
import { type SqueezedText, squeezed } from './squeezed.ts'
import type { TrainingFault, TrainingFaultKind } from './training-fault.ts'
import type { TurnMarks } from './turn-marks.ts'

/** Whether anything, or everything, of a stretch of the field is trained. */
export interface Loss {
  any(start: number, end: number): boolean
  all(start: number, end: number): boolean
}

export function lossOver({ span }: SqueezedText, { spans }: Rendering): Loss {
  const trained = Array.from(span, index => spans[index]?.trained === true)
  return {
    any: (start, end) => trained.slice(start, end).includes(true),
    all: (start, end) => !trained.slice(start, end).includes(false),
  }
}

const trainedAs: Record<PieceKind, TrainingFaultKind> = {
  system: 'system_trained',
  tool: 'tools_trained',
  question: 'question_trained',
  result: 'observation_trained',
  reminder: 'reminder_trained',
  thought: 'untaught_trained',
  call: 'untaught_trained',
  answer: 'untaught_trained',
}

const untrainedAs: Partial<Record<PieceKind, TrainingFaultKind>> = {
  thought: 'thought_untrained',
  call: 'call_untrained',
  answer: 'answer_untrained',
}

/** What is trained and should not be, and what should be and is not. */
export function wronglyTrained(located: readonly Located[], loss: Loss): TrainingFault[] {
  return located.flatMap(each => {
    if (each.found === 'nowhere') return []
    const { piece, start, end } = each
    const { turn, shown: detail } = piece
    const kind = piece.trained ? untrainedAs[piece.kind] : trainedAs[piece.kind]
    const isWrong = piece.trained ? !loss.all(start, end) : loss.any(start, end)
    return kind && isWrong ? [{ kind, turn, detail }] : []
  })
}

/** Each trained turn is to end with the model’s own end, trained, before anybody else’s turn begins. */
export function untrainedEnds(
  located: readonly Located[],
  loss: Loss,
  { text }: SqueezedText,
  { head, end }: TurnMarks,
): TrainingFault[] {
  const mark = squeezed(end)
  return lastOfTurns(located).flatMap(({ piece, end: from }) => {
    const at = text.indexOf(mark, from)
    const next = text.indexOf(squeezed(head), from)
    const ends = at >= 0 && (next < 0 || at <= next) && loss.all(at, at + mark.length)
    return ends ? [] : [{ kind: 'end_untrained', turn: piece.turn, detail: `after ${piece.shown}` }]
  })
}

/** Of each turn that is trained, what the model says last. */
function lastOfTurns(located: readonly Located[]) {
  const said = located.flatMap(each => (each.found === 'in_place' && each.piece.trained ? [each] : []))
  return said.filter(({ piece }, index) => said[index + 1]?.piece.turn !== piece.turn)
}
