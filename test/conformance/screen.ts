import { expect, test } from 'vitest'
import { canonicalJson } from '../../schemas/hash.ts'
import type { Task } from '../../schemas/task.ts'
import type { Screen, ScreenContext } from '../../screens/screen.ts'

/** A screen with one task that it leaves to the next and one that it drops. */
export interface ScreenCase {
  screen: Screen
  context: ScreenContext
  passing: Task
  dropped: Task
}

/** What every screen must do. A new one is done when this passes. */
export function screenConformance(
  withCase: (test: (screened: ScreenCase) => Promise<void>) => Promise<void>,
) {
  const check = (title: string, work: (screened: ScreenCase) => Promise<void>) =>
    test(title, () => withCase(work))

  check('has a snake_case name, a version and plain options', async ({ screen }) => {
    expect(screen.name).toMatch(/^[a-z][a-z0-9_]*$/)
    expect(screen.version).toBeGreaterThanOrEqual(1)
    expect(JSON.parse(JSON.stringify(screen.options))).toEqual(screen.options)
  })

  check('leaves what is good to the next, under the same id', async ({ screen, context, passing }) => {
    const screened = await screen.screen(passing, context)
    expect(screened.route).toBe('next')
    if (screened.route === 'next') expect((screened.task ?? passing).id).toBe(passing.id)
  })

  check('drops with a snake_case reason and one line of detail', async ({ screen, context, dropped }) => {
    expect(await screen.screen(dropped, context)).toEqual({
      route: 'drop',
      reason: expect.stringMatching(/^[a-z][a-z0-9_]*$/),
      detail: expect.stringMatching(/^[^\n]+$/),
      data: expect.any(Object),
    })
  })

  check('says the same again, in plain data', async ({ screen, context, passing, dropped }) => {
    for (const task of [passing, dropped]) {
      const first = await screen.screen(task, context)
      expect(JSON.parse(JSON.stringify(first))).toEqual(first)
      expect(await screen.screen(task, context)).toEqual(first)
    }
  })

  check('leaves the task as it is', async ({ screen, context, passing }) => {
    const before = canonicalJson(passing)
    await screen.screen(passing, context)
    expect(canonicalJson(passing)).toBe(before)
  })
}
