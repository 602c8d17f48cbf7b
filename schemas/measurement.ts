import type { JsonObject } from './json.ts'
import type { Fact } from './trajectory.ts'

/** What a check found: `reason` is a stable snake_case code, `detail` is for a person. */
export type Measurement = Pick<Fact, 'passed' | 'reason' | 'detail' | 'data'>

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
