import type { JsonObject } from './json.ts'
import type { Fact } from './trajectory.ts'

/**
 * What a check found: `reason` is a stable snake_case code, `detail` is for a person. Where it could not tell, `reason`
 * says the cause.
 */
export type Measurement = Pick<Fact, 'reason' | 'detail' | 'data'> &
  ({ passed: true; couldNotTell?: never } | { passed: false; couldNotTell?: true })

export const pass = (detail = '', data?: JsonObject): Measurement => ({
  passed: true,
  reason: '',
  detail,
  ...(data && { data }),
})

export const fail = (reason: string, detail = '', data?: JsonObject): Measurement => ({
  passed: false,
  reason,
  detail,
  ...(data && { data }),
})

/** What it would take to know is not there: neither has it passed, nor was anything found to be wrong. */
export const couldNotTell = (cause: string, detail = '', data?: JsonObject): Measurement => ({
  ...fail(cause, detail, data),
  passed: false,
  couldNotTell: true,
})

/** In the order in which people read them. */
export const factStates = ['passed', 'failed', 'could_not_tell'] as const
export type FactState = (typeof factStates)[number]

export const stateOf = ({ passed, couldNotTell }: Pick<Fact, 'passed' | 'couldNotTell'>): FactState =>
  couldNotTell ? 'could_not_tell' : passed ? 'passed' : 'failed'

/** How many rows a check passed and failed, and of how many it could not tell. */
export type CheckCounts = { check: string } & Record<FactState, number>

/** Counts the facts of rows, by check, in the order in which checks are first heard of. */
export function factCounter() {
  const checks = new Map<string, CheckCounts>()
  return {
    add(facts: readonly Fact[]): void {
      for (const fact of facts) {
        const { check } = fact
        const counts = checks.get(check) ?? { check, passed: 0, failed: 0, could_not_tell: 0 }
        counts[stateOf(fact)]++
        checks.set(check, counts)
      }
    },
    counted: (): CheckCounts[] => [...checks.values()],
  }
}
