import { randomBytes, randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Redis } from 'ioredis'
import Type, { type Static } from 'typebox'
import { parseJson } from '../schemas/json.ts'
import { closed, count, factory, filledText, OptionsError } from '../schemas/options.ts'
import { LockedError } from '../store/errors.ts'
import { openChunks, takeChunks } from './redis-chunks.ts'
import { connect, dropIfMine, shownAddress } from './redis-connection.ts'
import { redisFunds } from './redis-funds.ts'
import { redisLimiter } from './redis-limiter.ts'
import { type LedSession, type Member, type OpenPool, WorkerPool } from './worker-pool.ts'

export const RedisOptions = closed({
  /** `redis://` or `rediss://`, with user and password where they are needed: these are shown nowhere. */
  url: filledText,
  /**
   * Seconds after which a worker that gave no sign of life loses its work to the others; 60 by default. A worker whose
   * event loop stands still for longer does its work twice.
   */
  lockSeconds: Type.Optional(count),
  /** What the keys in Redis begin with, `kindling` by default: other teams on the same Redis take another one. */
  prefix: Type.Optional(filledText),
})
type RedisOptions = Static<typeof RedisOptions>

/**
 * Share a run among workers that meet at a Redis: BullMQ's queue of work, one purse, one rate for each account. Start
 * `kindling worker <config>` as often as you like; `kindling run <config>` leads them.
 */
export const redis = factory(WorkerPool, 'redis', RedisOptions, options => {
  demandAddress(options.url)
  return { name: 'redis', join: run => join(run, options) }
})

/** Never shows what was given: there may be a password in it. */
function demandAddress(url: string): void {
  const address = URL.parse(url)
  if (!address?.hostname || !/^rediss?:$/.test(address.protocol))
    throw new OptionsError('redis: url is no address of a Redis; give one such as redis://127.0.0.1:6379')
}

/** Milliseconds without a word after which a leader or a worker is taken for dead, and between two words. */
const dead = 15_000
const pace = 5000

/** Milliseconds that somebody whom a fault ended is remembered. */
const remembered = 3_600_000

async function join(
  run: string,
  { url, lockSeconds = 60, prefix = 'kindling' }: RedisOptions,
): Promise<OpenPool> {
  const client = await connect(url)
  // The braces keep the keys of a run together where Redis is a cluster.
  const mine = `{${prefix}:${run}}:`
  const id = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`
  const chunks = { client, prefix: `{${prefix}:${run}}`, lockMs: lockSeconds * 1000 }
  const sign = () => alive(client, `${mine}alive`, id)
  await sign()
  const signs = setInterval(() => void sign().catch(() => {}), pace)
  return {
    id,
    limiter: redisLimiter(client, `{${prefix}:rates}:`),
    funds: redisFunds(client, mine, id),
    async lead(signal) {
      await using stack = new AsyncDisposableStack()
      stack.use(await leadership(client, mine, { run, address: shownAddress(url) }))
      const leader = stack.use(await openChunks(chunks, signal))
      stack.defer(async () => void (await client.del(`${mine}session`)))
      const open = stack.move()
      const id = randomUUID()
      return {
        hand: (chunk, signal) => leader.hand({ session: id, chunk }, signal),
        async begin(about) {
          const session: LedSession = { id, about }
          await client.set(`${mine}session`, JSON.stringify(session))
        },
        [Symbol.asyncDispose]: () => open.disposeAsync(),
      }
    },
    async session() {
      const [led, said] = await client.mget(`${mine}leader`, `${mine}session`)
      return led && said ? (parseJson(said) as unknown as LedSession) : undefined
    },
    work: working => takeChunks(chunks, working),
    async report(words) {
      const member: Member = {
        id,
        host: hostname(),
        pid: process.pid,
        at: new Date().toISOString(),
        ...words,
      }
      const life = member.fault === undefined ? dead : remembered
      await client.set(`${mine}member:${id}`, JSON.stringify(member), 'PX', life)
      await client.sadd(`${mine}members`, id)
    },
    leave: async () => void (await client.del(`${mine}member:${id}`)),
    members: () => members(client, mine),
    async [Symbol.asyncDispose]() {
      clearInterval(signs)
      await client.zrem(`${mine}alive`, id)
      client.disconnect()
    },
  }
}

/** By the clock of Redis. */
const alive = (client: Redis, key: string, id: string) =>
  client.eval(
    `redis.call('ZADD', KEYS[1], redis.call('TIME')[1] + ARGV[2], ARGV[1])`,
    1,
    key,
    id,
    dead / 1000,
  )

const keepIfMine = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0`

/** Be the only one who leads a run. Whoever dies leads no more after a while, or at once where that can be seen. */
async function leadership(
  client: Redis,
  mine: string,
  { run, address }: { run: string; address: string },
): Promise<AsyncDisposable> {
  const key = `${mine}leader`
  const me = JSON.stringify({ host: hostname(), pid: process.pid, token: randomUUID() })
  const take = () => client.set(key, me, 'PX', dead, 'NX')
  const who = (await take()) === null ? ((await client.get(key)) ?? '{}') : me
  if (isGone(who)) await client.eval(dropIfMine, 1, key, who)
  if (who !== me && (await take()) === null) {
    const { host = 'another machine', pid = '?' } = Object(parseJson(who))
    throw new LockedError(
      `process ${pid} on ${host} leads the workers of ${run} at ${address}; wait for it or stop it (one that was killed is forgotten after ${dead / 1000} s)`,
    )
  }
  const keeping = setInterval(() => void client.eval(keepIfMine, 1, key, me, dead).catch(() => {}), pace)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(keeping)
      await client.eval(dropIfMine, 1, key, me)
    },
  }
}

/** Whether a leader ran on this machine and does no more. */
function isGone(leader: string): boolean {
  const { host, pid } = Object(parseJson(leader))
  if (host !== hostname() || typeof pid !== 'number') return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

async function members(client: Redis, mine: string): Promise<Member[]> {
  const ids = await client.smembers(`${mine}members`)
  if (ids.length === 0) return []
  const said = await client.mget(ids.map(id => `${mine}member:${id}`))
  const gone = ids.filter((_, index) => !said[index])
  if (gone.length > 0) await client.srem(`${mine}members`, gone)
  return said.flatMap(text => (text ? [parseJson(text) as unknown as Member] : []))
}
