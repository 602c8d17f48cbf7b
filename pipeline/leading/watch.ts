import type { Leader, Member, OpenPool } from '../../workers/worker-pool.ts'
import { WorkersError } from '../../workers/worker-pool.ts'
import type { Clock } from '../ask/clock.ts'
import type { Listener } from '../progress.ts'

interface Watching {
  pool: OpenPool
  clock: Clock
  listen: Listener
}

/** Milliseconds between looks at who works. */
const pace = 2000

/**
 * Hand out through a leader, and look after the workers meanwhile. What is handed out rejects with WorkersError when a
 * fault has ended workers and none is left. Where there never was one, it waits.
 */
export function watched(leader: Leader, { pool, clock, listen }: Watching): Leader {
  const over = new AbortController()
  const began = new Date().toISOString()
  let nobody = new AbortController()
  let told = false

  async function look() {
    const all = await pool.members()
    const alive = all.filter(({ fault }) => fault === undefined)
    const ended = all.filter(({ fault, at }) => fault !== undefined && at > began)
    listen({ kind: 'workers', workers: alive })
    const last = ended.toSorted((a, b) => (a.at < b.at ? -1 : 1)).at(-1)
    if (alive.length === 0 && last) nobody.abort(nobodyLeft(last))
    if (alive.length === 0 && !last && !told)
      listen({ kind: 'note', message: 'no worker is there: start `kindling worker` with this config' })
    told = alive.length === 0
    // What others have spent is heard of by the way.
    await pool.funds.isHeld('')
  }

  async function looking() {
    for (;;) {
      await look().catch(() => {})
      await clock.sleep(pace, over.signal)
    }
  }
  const looked = looking().catch(() => {})

  return {
    hand(chunk, signal) {
      if (nobody.signal.aborted) nobody = new AbortController()
      return leader.hand(chunk, AbortSignal.any([signal, nobody.signal]))
    },
    begin: about => leader.begin(about),
    async [Symbol.asyncDispose]() {
      over.abort()
      await looked
      await leader[Symbol.asyncDispose]()
    },
  }
}

const nobodyLeft = ({ host, pid, fault }: Member) =>
  new WorkersError(`no worker is left; the last one (process ${pid} on ${host}) ended: ${fault}`)
