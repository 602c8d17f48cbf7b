import type { StudentFamily } from './family.ts'
import { type RenderedRow, refusedRow, rendered, type Span } from './span.ts'

/**
 * A rendered text as spans: pictures stand at their marks, in the row’s order. A row that has fewer pictures than marks
 * is refused.
 */
export function spansOf(
  text: string,
  family: StudentFamily,
  pictures: number,
  stretches: readonly Stretch[],
): RenderedRow {
  const marks = text.split(family.picture).length - 1
  if (marks > pictures) return refusedRow(`${marks} places for pictures, and ${pictures} pictures`)
  return rendered(
    numbered(stretches.flatMap(({ from, to, trained }) => pieces(text.slice(from, to), family, trained))),
  )
}

export interface Stretch {
  from: number
  to: number
  trained: boolean
}

/** Spans whose pictures have no number yet. */
function pieces(text: string, { picture }: StudentFamily, trained: boolean): Span[] {
  return text.split(picture).flatMap((piece, index): Span[] => {
    const said: Span = { kind: 'text', text: piece, trained }
    return index === 0 ? [said] : [{ kind: 'picture', picture: 0, trained }, said]
  })
}

/** Pictures are taken one after the other. */
export function numbered(spans: readonly Span[]): Span[] {
  let next = 0
  return spans.map(span => (span.kind === 'picture' ? { ...span, picture: next++ } : span))
}

/** A text of which all or nothing is trained. */
export const all = (text: string, trained: boolean): Stretch[] => [{ from: 0, to: text.length, trained }]

/**
 * The model’s turns are trained, from behind their head to their end, which is trained, too; where a template writes no
 * ends, to the head of the next turn.
 */
export function ownTurns(text: string, { head: anyHead, answers, end }: StudentFamily): Stretch[] {
  const stretches: Stretch[] = []
  let at = 0
  for (let head = text.indexOf(answers); head >= 0; head = text.indexOf(answers, at)) {
    const from = head + answers.length
    const closed = text.indexOf(end, from)
    const next = text.indexOf(anyHead, from)
    const to = closed >= 0 ? closed + end.length : next >= 0 ? next : text.length
    stretches.push({ from: at, to: from, trained: false }, { from, to, trained: true })
    at = to
  }
  return [...stretches, { from: at, to: text.length, trained: false }]
}
