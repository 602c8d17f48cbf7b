/** What a row says, in the order in which a model is to read it. */
export interface MeantPiece {
  kind: PieceKind
  /** What it says, in any of the ways in which it may be written; of a picture, none. */
  texts: readonly string[]
  /** The picture by its place among the row's, from 0. */
  picture?: number
  /** Whether the loss is to cover it. */
  trained: boolean
  /** The turn that it belongs to, from 1; 0 is what stands before the first. */
  turn: number
  /** For whoever reads a finding. */
  shown: string
}

export type PieceKind = 'system' | 'tool' | 'question' | 'thought' | 'call' | 'result' | 'answer' | 'reminder'

/** What was meant: the pieces of a row, and in which turns the model is to learn to stop. */
export interface MeantRow {
  pieces: readonly MeantPiece[]
  pictures: number
}
