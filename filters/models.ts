import type { Part, Task } from '../schemas/task.ts'
import type { Outcome, Reply } from '../schemas/trajectory.ts'
import type { Teacher } from '../teachers/teacher.ts'

/** One question to a model that is to answer at once, without tools. */
export interface Question {
  system: string
  question: Part[]
  /** Which of several independent answers this is. */
  sample: number
  /** Tokens; the run's own limit by default. */
  maxTokens?: number
}

/** How a task is tried. */
export interface Attempt {
  /** With the run's tools, or with none. */
  tools: boolean
  /** With its images, or with its words alone. */
  images: boolean
  sample: number
}

/**
 * Models for checks and for screening. Every reply goes through the run's store of replies, its budget and the model's
 * limits, so measuring again costs nothing. Both reject with TeacherError where the model's provider failed.
 */
export interface Models {
  ask(model: Teacher, question: Question, signal: AbortSignal): Promise<Reply>
  /** A rollout of its own, which is no row of the run. */
  attempt(model: Teacher, task: Task, how: Attempt, signal: AbortSignal): Promise<Outcome>
}
