import type { Fault } from './fault.ts'
import * as answers from './faults/answers.ts'
import * as calls from './faults/calls.ts'
import * as claims from './faults/claims.ts'
import * as code from './faults/code.ts'
import * as records from './faults/records.ts'
import * as tasks from './faults/tasks.ts'
import * as words from './faults/words.ts'

/** Every kind of fault that is planted into copies. Those of whole tasks are in `variants.ts`. */
export const faults: readonly Fault[] = [answers, records, code, calls, claims, words, tasks].flatMap(
  (kinds): Fault[] => Object.values(kinds),
)
