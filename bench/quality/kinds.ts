import type { Fault } from './fault.ts'
import * as answers from './faults/answers.ts'
import * as calls from './faults/calls.ts'
import * as claims from './faults/claims.ts'
import * as code from './faults/code.ts'
import * as marks from './faults/marks.ts'
import * as records from './faults/records.ts'
import * as words from './faults/suspicions.ts'
import * as tasks from './faults/tasks.ts'

/** What the record shows: all of it is to be dropped. Faults of whole tasks are in `variants.ts`. */
export const faults: readonly Fault[] = [answers, records, code, calls, claims, marks, tasks].flatMap(
  (kinds): Fault[] => Object.values(kinds),
)

/** What only words tell: it is a signal at most. */
export const suspicions: readonly Fault[] = Object.values(words)
