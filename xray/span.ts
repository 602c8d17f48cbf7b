/** A stretch of what a model reads: a text, or a picture of the row by its place among the row's pictures, from 0. */
export type Span = ({ kind: 'text'; text: string } | { kind: 'picture'; picture: number }) & {
  /** Whether the loss covers it. */
  trained: boolean
  /** How many tokens it is, where a tokenizer counted them. */
  tokens?: number
}

/** What a trainer makes of a row: all that the model reads of it, in its order. */
export interface Rendering {
  spans: readonly Span[]
  /** The trainer took only so much of it. */
  cut: boolean
}

/** A trainer refuses some rows, loudly or with a line in its log. */
export type RenderedRow = { ok: true; rendering: Rendering } | { ok: false; problem: string }

export const refusedRow = (problem: string): RenderedRow => ({ ok: false, problem })

export const rendered = (spans: readonly Span[]): RenderedRow => ({
  ok: true,
  rendering: { spans: spans.filter(span => span.kind === 'picture' || span.text !== ''), cut: false },
})
