/** One call the program made and the text that came back, in order. Turns that were planted faults are left out. */
export interface SeenStep {
  name: string
  arguments: Record<string, unknown>
  /** The observation's text. */
  text: string
}

/** All a skill may look at: what any teacher is shown. */
export interface Seen {
  question: string
  /** How many images the question has: image_1…image_n. */
  images: number
  tools: readonly string[]
  steps: readonly SeenStep[]
  /** Differs between tasks and between samples. For choosing words only, never a way of solving. */
  variety?: string
}

export type Step =
  | { kind: 'call'; thought: string; name: string; arguments: Record<string, unknown> }
  | { kind: 'answer'; thought: string; answer: string }
  /** It cannot do this one, and says why. */
  | { kind: 'give_up'; thought: string }

/** One thing the program can do. Stateless: the whole conversation comes again each time. */
export interface Skill {
  name: string
  /** Whether this is its kind of question. */
  fits(question: string): boolean
  next(seen: Seen): Step
}
