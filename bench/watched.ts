// Imported before a command that bench/again.ts starts: leaves what the process cost in the file that WATCHED names.
import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { processorMs } from '../sandbox/processor-time.ts'

const { WATCHED, WATCH_LIVE } = process.env
if (isMainThread && WATCHED !== undefined) {
  // Processes below this one are given its arguments, and are not to be watched apart.
  delete process.env.WATCHED
  let live = 0
  // A look takes as long as what lives is large. A rest of four times that long lets a short command be looked at as
  // often, for its length, as a long one: at a fixed pace the peaks of the short one were missed.
  const look = () => {
    const start = performance.now()
    global.gc?.()
    const { heapUsed, external } = process.memoryUsage()
    live = Math.max(live, heapUsed + external)
    setTimeout(look, 4 * (performance.now() - start)).unref()
  }
  if (WATCH_LIVE !== undefined) look()
  process.on('exit', () => {
    const rss = process.resourceUsage().maxRSS / 1024
    writeFileSync(WATCHED, JSON.stringify({ cpu: processorMs(process.pid) / 1000, rss, live: live / 1e6 }))
  })
}
