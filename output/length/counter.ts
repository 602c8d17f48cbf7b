import type { Family, Pixels, Size } from './family.ts'

/** What a trainer makes tokens of in a row: the text of each message, and the pictures. */
export interface Rendered {
  texts: readonly string[]
  pictures: readonly Size[]
  /** Tokens of what the trainer's template says itself, such as how to call tools. */
  template?: number
}

/** Counts the tokens that a student reads. */
export interface LengthCounter {
  /** The family of models, and what counts texts. */
  name: string
  family: Family
  /** Whether the student's own tokenizer counts texts; else they are guessed, rather too long than too short. */
  exact: boolean
  text(text: string): number
  /** With the tokens that stand around it. */
  picture(size: Size): number
  /** What a template puts around a message, at most. */
  message: number
  /** The pixels between which a picture is scaled. */
  pixels: Pixels
}

/** The tokens of a row. */
export const lengthOf = ({ texts, pictures, template = 0 }: Rendered, counter: LengthCounter): number =>
  template +
  sum(texts.map(text => counter.text(text) + counter.message)) +
  sum(pictures.map(size => counter.picture(size)))

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
