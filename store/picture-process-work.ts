import sharp from 'sharp'
import { ImageError } from './errors.ts'

/** What the process of `picture-process.ts` is asked to do. */
export interface Job {
  module: string
  name: string
  args: unknown[]
  anyFormat: boolean
  /** Milliseconds. */
  cpuMs: number
}

/** What becomes of it. */
export type Said = { result: unknown } | { fault: string; cure?: string } | { late: true }

/** How often it is looked whether a job takes too long, in milliseconds. */
const lookMs = 50

const everyLoader = ['VipsForeignLoad']
const commonLoaders = ['Png', 'Jpeg', 'Webp', 'Nsgif'].map(name => `VipsForeignLoad${name}Buffer`)

sharp.concurrency(1)
sharp.cache(false)

// Whoever asked may have been killed. An ordinary end would wait for the picture.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
// A terminal signals all processes; whoever asked decides when this one ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('message', (job: Job) => void answer(job))

async function answer({ module, name, args, anyFormat, cpuMs }: Job) {
  const say = (said: Said) => process.send?.(said)
  const before = process.cpuUsage()
  const watch = setInterval(() => {
    const { user, system } = process.cpuUsage(before)
    if ((user + system) / 1000 > cpuMs) say({ late: true })
  }, lookMs)
  sharp.block({ operation: everyLoader })
  sharp.unblock({ operation: anyFormat ? everyLoader : commonLoaders })
  try {
    const { [name]: work } = await import(module)
    say({ result: await work(...args) })
  } catch (error) {
    const [line = ''] = String(error instanceof Error ? error.message : error).split('\n')
    say(
      error instanceof ImageError
        ? { fault: line, cure: error.cure }
        : { fault: `it cannot be decoded (${line})` },
    )
  } finally {
    clearInterval(watch)
  }
}
