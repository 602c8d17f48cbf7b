import { expect, test } from 'vitest'
import { type Check, type CheckContext, isOwn, type Measurement } from '../../checks/check.ts'
import { canonicalJson } from '../../schemas/hash.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'

/** A check with one trajectory that it passes. */
interface PassingCase {
  check: Check
  context: CheckContext
  passing: Trajectory
}

/** And with one that it fails. */
export interface CheckCase extends PassingCase {
  failing: Trajectory
}

/** What every check must do. A new one is done when this passes. */
export function checkConformance(withCase: (test: (checked: CheckCase) => Promise<void>) => Promise<void>) {
  passingConformance(withCase)

  test('fails with a snake_case reason and one line of detail', () =>
    withCase(async ({ check, context, failing }) => {
      const { data: _, ...measured } = await check.measure(failing, context)
      expect(measured).toEqual<Measurement>({
        passed: false,
        reason: expect.stringMatching(/^[a-z][a-z0-9_]*$/),
        detail: expect.stringMatching(/^[^\n]+$/),
      })
      expect(await check.measure(failing, context)).toMatchObject(measured)
    }))
}

/** The same for a check that fails nothing. */
export function passingConformance(
  withCase: (test: (checked: PassingCase) => Promise<void>) => Promise<void>,
) {
  const check = (title: string, work: (checked: PassingCase) => Promise<void>) =>
    test(title, () => withCase(work))

  check('has a snake_case name, a version and plain options', async ({ check }) => {
    expect(check.name).toMatch(/^[a-z][a-z0-9_]*$/)
    expect(check.version).toBeGreaterThanOrEqual(1)
    expect(JSON.parse(JSON.stringify(check.options))).toEqual(check.options)
  })

  check('is known by its version, not by its source', async ({ check }) => {
    expect(isOwn(check)).toBe(false)
  })

  check('passes without a reason', async ({ check, context, passing }) => {
    expect(await check.measure(passing, context)).toMatchObject({ passed: true, reason: '' })
  })

  check('measures the same again', async ({ check, context, passing }) => {
    const first = await check.measure(passing, context)
    expect(await check.measure(passing, context)).toEqual(first)
  })

  check('leaves the trajectory as it is', async ({ check, context, passing }) => {
    const before = canonicalJson(passing)
    await check.measure(passing, context)
    expect(canonicalJson(passing)).toBe(before)
  })
}
