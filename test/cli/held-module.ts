// Brought in before a command: the module that HELD names comes to no end. It says so, and waits.
import { registerHooks } from 'node:module'

const held = `console.error('held'); setInterval(() => {}, 60_000); await new Promise(() => {});`

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    return url.endsWith(process.env.HELD ?? '') ? { ...loaded, source: `${held} ${loaded.source}` } : loaded
  },
})
