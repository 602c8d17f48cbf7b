import { TeacherError } from '../../teachers/teacher.ts'
import { NotStored } from '../errors.ts'
import type { Listener } from '../progress.ts'

/** Work that stays open until the config is run again, because a model failed or nobody may be asked. */
export interface Unmeasured {
  /** Note what stays open of a task, and why. Rethrows any other error. */
  add(what: string, task: string, error: unknown): void
  /** Say it in one line about them all; nothing where there are none. */
  tell(listen: Listener): void
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
    tell(listen) {
      const all = `${count} ${what}${count === 1 ? '' : 's'} could not be ${undone}`
      const message = `${all} (first: ${first}); ${then}: run the config again`
      if (count > 0) listen({ kind: 'warning', message })
    },
  }
}

const isPassing = (error: unknown): error is Error =>
  error instanceof NotStored || (error instanceof TeacherError && !error.fatal)

const reasonOf = (error: Error) =>
  error instanceof NotStored ? `a ${error.what} that is not stored` : error.message.replace(/\s+/g, ' ')
