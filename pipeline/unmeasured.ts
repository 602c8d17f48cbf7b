import { TeacherError } from '../teachers/teacher.ts'
import { NotStored } from './not-stored.ts'

/** Facts that could not be had: their rows stay undecided until the config is run again. */
export interface Unmeasured {
  /** Note a fact and why it could not be had. Throws what is no such reason. */
  add(check: string, task: string, error: unknown): void
  /** One line about them all; undefined where there are none. */
  summary(): string | undefined
}

export function unmeasured(): Unmeasured {
  let count = 0
  let first = ''
  return {
    add(check, task, error) {
      if (!isPassing(error)) throw error
      if (count++ === 0) first = `${check} of ${task}: ${reasonOf(error)}`
    },
    summary: () =>
      count === 0
        ? undefined
        : `${count} ${count === 1 ? 'fact' : 'facts'} could not be measured (first: ${first}); filters drop such rows as unchecked until the config is run again`,
  }
}

const isPassing = (error: unknown): error is Error =>
  error instanceof NotStored || (error instanceof TeacherError && !error.fatal)

const reasonOf = (error: Error) =>
  error instanceof NotStored ? `a ${error.what} that is not stored` : error.message.replace(/\s+/g, ' ')
