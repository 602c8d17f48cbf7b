import { TeacherError } from '../../teachers/teacher.ts'
import { NotStored } from '../rollout/errors.ts'

/** What could not be had, because a model failed or nobody may be asked: it stays open until the config is run again. */
export interface Unmeasured {
  /** Note what could not be had of a task, and why. Throws what is no such reason. */
  add(what: string, task: string, error: unknown): void
  /** One line about them all; undefined where there are none. */
  summary(): string | undefined
}

/** `what` names one of them, `undone` is what could not be done to it, and `then` what that means. */
export function unmeasured(what: string, undone: string, then: string): Unmeasured {
  let count = 0
  let first = ''
  return {
    add(each, task, error) {
      if (!isPassing(error)) throw error
      if (count++ === 0) first = `${each} of ${task}: ${reasonOf(error)}`
    },
    summary: () =>
      count === 0
        ? undefined
        : `${count} ${what}${count === 1 ? '' : 's'} could not be ${undone} (first: ${first}); ${then}: run the config again`,
  }
}

const isPassing = (error: unknown): error is Error =>
  error instanceof NotStored || (error instanceof TeacherError && !error.fatal)

const reasonOf = (error: Error) =>
  error instanceof NotStored ? `a ${error.what} that is not stored` : error.message.replace(/\s+/g, ' ')
