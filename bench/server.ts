import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export interface ServerOptions {
  latencyMs: number
  /** More calls than this are refused with 429 and Retry-After: 1. */
  perSecond?: number
  /** Turns until it answers. */
  turns?: number
  /** The fewest tokens of a reply; some have three times as many. */
  tokens?: number
  /** The number of an answer is told by its request, so that whoever asks gets the same. */
  steady?: boolean
}

export interface Served {
  calls: number
  refused: number
  /** When each was taken, and what it cost. */
  tokens: [at: number, count: number][]
  /** The numbers of the answers to each request that came more than once. */
  repeats: number[][]
  /** How often each request came, by the number of its answer. */
  times: [number: number, times: number][]
}

/** The slow server as a process of its own, so that its work is not counted as the client's. */
export async function slowServer(options: ServerOptions) {
  const child = fork(join(import.meta.dirname, 'slow-server.ts'), [JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const [port] = await once(child.stdout ?? child, 'data')
  return {
    baseURL: `http://127.0.0.1:${String(port).trim()}/v1`,
    async served(): Promise<Served> {
      child.send('served?')
      const [served] = await once(child, 'message')
      return served
    },
    [Symbol.dispose]: () => child.disconnect(),
  }
}
