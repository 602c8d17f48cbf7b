import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/**
 * Rooms whose tests change nothing that another file sees: loading their modules anew for each took most of their time.
 */
const sharing = '{words,labels,answers,schemas,images,checks,screens,filters}'

// Every file of tests has a process of its own: what Node makes of packages is kept for the next one.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache')

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'shared', include: [`test/${sharing}/**/*.test.ts`], isolate: false } },
      {
        extends: true,
        test: { name: 'apart', include: ['test/**/*.test.ts'], exclude: [`test/${sharing}/**`] },
      },
    ],
    globalSetup: ['test/small-python.ts'],
    setupFiles: ['test/asserting.ts'],
    // Many tests wait for processes of their own, so two at once are worth it even where there are only two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // No test depends on a time limit; this one only stops a suite that hangs.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // What is looked at again and again until it is so; the second that it usually has is short on a busy machine.
    expect: { poll: { timeout: 120_000 } },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  },
})
