import { beforeEach, expect } from 'vitest'

/** A test in which nothing is expected cannot fail: it does so here. */
beforeEach(() => expect.hasAssertions())
