import { beforeEach, expect } from 'vitest'

/**
 * A test in which nothing is expected cannot fail: it does so here. Tests that run side by side are left out, because
 * all of them count on the same `expect`.
 */
beforeEach(({ task }) => {
  if (!task.concurrent) expect.hasAssertions()
})
