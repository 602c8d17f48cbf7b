/** How large a picture is, in pixels. */
export interface Size {
  width: number
  height: number
}

/** What a trainer makes tokens of in a row: the text of each message, and the pictures. */
export interface Rendered {
  texts: readonly string[]
  pictures: readonly Size[]
}

/** Counts the tokens that a student reads. */
export interface LengthCounter {
  /** The family of models, and what counts texts. */
  name: string
  /** Whether the student's own tokenizer counts texts; else they are guessed, rather too long than too short. */
  exact: boolean
  text(text: string): number
  /** With the tokens that stand around it. */
  picture(size: Size): number
  /** What a template puts around a message, at most. */
  message: number
  /** The pixels that a picture is scaled up or down to; null where they make no difference. */
  pixels: { least: number; most: number } | null
}

/** The tokens of a row. */
export const lengthOf = ({ texts, pictures }: Rendered, counter: LengthCounter): number =>
  sum(texts.map(text => counter.text(text) + counter.message)) +
  sum(pictures.map(size => counter.picture(size)))

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
