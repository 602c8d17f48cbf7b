import { Redis } from 'ioredis'
import { WorkersError } from './worker-pool.ts'

/** An address as it may be shown: without the user and the password. */
export function shownAddress(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`
}

/** Lets go of a key that says who holds something, unless somebody else does by now. */
export const dropIfMine = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`

/** Milliseconds between tries to reach a server that was there before. */
const pace = { first: 50, most: 1000 }

/**
 * Connect. Throws WorkersError where nobody answers, or where the server forgets what it was told. Later it waits for a
 * server that is gone, and what was asked is asked again when it is back.
 */
export async function connect(url: string): Promise<Redis> {
  let wasThere = false
  let why = ''
  const client = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    connectTimeout: 5000,
    retryStrategy: times => (wasThere ? Math.min(pace.first * times, pace.most) : null),
  })
  client.on('error', (error: Error & { code?: string }) => {
    why = error.code ?? error.message
  })
  try {
    await client.connect()
    await demandMemory(client, url)
    wasThere = true
    return client
  } catch (error) {
    client.disconnect()
    if (error instanceof WorkersError) throw error
    const reason = why || (error instanceof Error ? error.message : String(error))
    throw new WorkersError(
      `workers: no Redis answers at ${shownAddress(url)} (${reason}); start one (\`redis-server --appendonly yes\`), or correct \`url\``,
    )
  }
}

/** Refuses a server that may lose what it was told: it would hand out work twice, and forget what is spent. */
async function demandMemory(client: Redis, url: string): Promise<void> {
  const at = `workers: the Redis at ${shownAddress(url)}`
  const info = await client.info()
  const of = (field: string) => new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(info)?.[1]
  if (of('aof_enabled') !== '1')
    throw new WorkersError(
      `${at} forgets when it ends (appendonly is no); give it \`redis-cli CONFIG SET appendonly yes\`, and \`appendonly yes\` in its redis.conf`,
    )
  const policy = of('maxmemory_policy')
  if (policy !== 'noeviction')
    throw new WorkersError(
      `${at} throws keys away when it is full (maxmemory-policy is ${policy}); give it \`redis-cli CONFIG SET maxmemory-policy noeviction\`, and the same in its redis.conf`,
    )
}
