import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/asserting.ts'],
    // Many tests wait for processes of their own, so two at once are worth it even where there are only two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // No test depends on a time limit; this one only stops a suite that hangs.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  },
})
