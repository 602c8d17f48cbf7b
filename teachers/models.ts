import type { Prompt } from '../prompts/prompt.ts'
import type { Part, Task } from '../schemas/task.ts'
import type { Outcome, Reply } from '../schemas/trajectory.ts'
import type { Teacher } from './teacher.ts'

/** One question to a model that is to answer at once, without tools. */
export interface Question {
  system: string
  question: Part[]
  /** Which of several independent answers this is. */
  sample: number
}

/** How a task is tried. Attempts that differ in nothing are one attempt, and a rollout of the run is one too. */
export interface Attempt {
  /** With the run's tools, or with none. */
  tools: boolean
  /** With its images, or with its words alone. */
  images: boolean
  sample: number
  /** What the model is told in place of the run's system prompt, which speaks of tools. It has no blanks. */
  system?: Prompt
}

/**
 * Models for checks and for screening. Every reply goes through the run's store of replies, its budget and the model's
 * limits, so measuring again costs nothing. Both reject with TeacherError where the infrastructure failed: whoever asks
 * lets it through, and is asked to measure again by the next run.
 */
export interface Models {
  ask(model: Teacher, question: Question, signal: AbortSignal): Promise<Reply>
  /** A rollout that is no row of the run. How it ended is `answered` or `stopped`, never `failed`. */
  attempt(model: Teacher, task: Task, how: Attempt, signal: AbortSignal): Promise<Outcome>
}
