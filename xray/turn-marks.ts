/** How a model’s template writes the beginning and the end of a turn. */
export interface TurnMarks {
  /** Before a turn of anybody, such as `<|im_start|>`. */
  head: string
  /** After a turn of the model, such as `<|im_end|>`. */
  end: string
}
