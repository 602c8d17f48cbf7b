import { expect, test } from 'vitest'
import { redis } from '../../workers/redis.ts'
import { connect } from '../../workers/redis-connection.ts'
import type { OpenPool } from '../../workers/worker-pool.ts'
import { freePort, redisServer } from '../servers/redis.ts'

test.each([
  [
    'keeps no log',
    ['--appendonly', 'no'],
    /forgets when it ends \(appendonly is no\); give it `redis-cli CONFIG SET appendonly yes`/,
  ],
  [
    'throws keys away',
    ['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'],
    /throws keys away when it is full \(maxmemory-policy is allkeys-lru\); give it/,
  ],
  [
    'wants a password',
    ['--requirepass', 'other'],
    /no Redis answers at .* \(WRONGPASS|no Redis answers at .*\(ERR/,
  ],
])('a Redis that %s is refused in one line, which holds no password', async (_, args, words) => {
  await using server = await redisServer(args)
  const url = args.includes('--requirepass') ? `redis://someone:secret@127.0.0.1:${server.port}` : server.url
  const error = await redis({ url })
    .join('run')
    .catch(error => error)
  expect(error.message).toMatch(words)
  expect(error.message).not.toMatch(/\n|secret|someone/)
})

test('a Redis that is not there is refused in one line, which holds no password', async () => {
  const url = `redis://:secret@127.0.0.1:${await freePort()}`
  const error = await redis({ url })
    .join('run')
    .catch(error => error)
  expect(error.message).toMatch(
    /^workers: no Redis answers at redis:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\); start one/,
  )
})

test.each(['127.0.0.1:6379', 'http://:secret@host', 'redis:', ''])(
  'an address of something else (%j) is refused without a connection, and not shown',
  url => {
    expect(() => redis({ url })).toThrow(/url/)
    expect(() => redis({ url })).not.toThrow(/secret/)
  },
)

test('only one process leads a run, and the next one when it has let go', async () => {
  await using server = await redisServer()
  const { signal } = new AbortController()
  await using first = await redis({ url: server.url }).join('run')
  await using second = await redis({ url: server.url }).join('run')
  {
    await using _leader = await first.lead(signal)
    await expect(second.lead(signal)).rejects.toThrow(/^process \d+ on .* leads the workers of run at redis:/)
    await using other = await redis({ url: server.url }).join('another run')
    await using _other = await other.lead(signal)
  }
  await using _leader = await second.lead(signal)
})

const sessionOf = async (pool: OpenPool) => (await pool.session())?.id ?? ''

async function leading(pool: OpenPool, signal: AbortSignal) {
  const leader = await pool.lead(signal)
  await leader.begin({})
  return leader
}

test('workers hear what a leader says, do what it hands out, and give it what came of it', async () => {
  await using server = await redisServer()
  const { signal } = new AbortController()
  const stop = new AbortController()
  await using one = await redis({ url: server.url }).join('run')
  await using two = await redis({ url: server.url }).join('run')
  expect(await two.session()).toBeUndefined()
  await using leader = await one.lead(signal)
  await leader.begin({ generation: 1 })
  expect((await two.session())?.about).toEqual({ generation: 1 })
  const working = two.work({
    session: await sessionOf(two),
    most: 2,
    signal,
    ended: stop.signal,
    work: async chunk => ({ twice: Number(chunk.number) * 2 }),
  })
  const made = await Promise.all([1, 2, 3].map(number => leader.hand({ number }, signal)))
  expect(made).toEqual([{ twice: 2 }, { twice: 4 }, { twice: 6 }])
  stop.abort()
  await working
})

test('a worker that is stopped gives its chunk back at once, and another one does it', async () => {
  await using server = await redisServer()
  const { signal } = new AbortController()
  const [stop, over] = [new AbortController(), new AbortController()]
  await using lead = await redis({ url: server.url }).join('run')
  await using slow = await redis({ url: server.url }).join('run')
  await using quick = await redis({ url: server.url }).join('run')
  await using leader = await leading(lead, signal)
  const begun = Promise.withResolvers<void>()
  const given = slow.work({
    session: await sessionOf(slow),
    most: 1,
    signal: stop.signal,
    ended: over.signal,
    work: (_, mine) => {
      begun.resolve()
      return new Promise((_, reject) => mine.addEventListener('abort', () => reject(mine.reason)))
    },
  })
  const made = leader.hand({ number: 1 }, signal)
  await begun.promise
  stop.abort()
  await given
  const done = quick.work({
    session: await sessionOf(quick),
    most: 1,
    signal,
    ended: over.signal,
    work: async () => ({ by: 'quick' }),
  })
  expect(await made).toEqual({ by: 'quick' })
  over.abort()
  await done
})

test('what a leader has handed out is done though Redis is killed in between', async () => {
  await using server = await redisServer()
  const { signal } = new AbortController()
  const over = new AbortController()
  await using lead = await redis({ url: server.url, lockSeconds: 1 }).join('run')
  await using pool = await redis({ url: server.url, lockSeconds: 1 }).join('run')
  await using leader = await leading(lead, signal)
  const go = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const done = pool.work({
    session: await sessionOf(pool),
    most: 1,
    signal,
    ended: over.signal,
    async work(chunk) {
      begun.resolve()
      await go.promise
      return chunk
    },
  })
  const made = [1, 2, 3].map(number => leader.hand({ number }, signal))
  await begun.promise
  await server.killAndRestart()
  go.resolve()
  expect(await Promise.all(made)).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }])
  over.abort()
  await done
})

test('a leader goes on where another one and all its workers were killed', async () => {
  await using server = await redisServer()
  const { signal } = new AbortController()
  const over = new AbortController()
  const join = () => redis({ url: server.url, lockSeconds: 1 }).join('run')
  const doing = { most: 1, signal, ended: over.signal }
  const begun = Promise.withResolvers<void>()
  const killed = await join()
  {
    await using first = await join()
    await using leader = await leading(first, signal)
    const never = async () => {
      begun.resolve()
      return new Promise<never>(() => {})
    }
    void killed.work({ ...doing, session: await sessionOf(killed), work: never })
    void leader.hand({ number: 1 }, signal)
    await begun.promise
  }
  await killed[Symbol.asyncDispose]()
  await using next = await join()
  await using leader = await leading(next, signal)
  const done = next.work({ ...doing, session: await sessionOf(next), work: async chunk => chunk })
  expect(await leader.hand({ number: 2 }, signal)).toEqual({ number: 2 })
  over.abort()
  await done
})

test('a worker that still goes by what an earlier leader said does nothing for the next one, and ends', async () => {
  await using server = await redisServer()
  const { signal } = new AbortController()
  const over = new AbortController()
  await using pool = await redis({ url: server.url }).join('run')
  await using leader = await leading(pool, signal)
  const doing = { most: 1, signal, ended: over.signal }
  const made = leader.hand({ number: 1 }, signal)
  await pool.work({ ...doing, session: 'an earlier one', work: async () => ({ by: 'mistake' }) })
  const done = pool.work({ ...doing, session: await sessionOf(pool), work: async chunk => chunk })
  expect(await made).toEqual({ number: 1 })
  over.abort()
  await done
})

test('a worker that is alive keeps its chunk for longer than its lock', async () => {
  await using server = await redisServer()
  const { signal } = new AbortController()
  const over = new AbortController()
  await using pool = await redis({ url: server.url, lockSeconds: 3 }).join('run')
  await using leader = await leading(pool, signal)
  const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let times = 0
  const done = pool.work({
    session: await sessionOf(pool),
    most: 2,
    signal,
    ended: over.signal,
    async work(chunk) {
      times++
      begun.resolve()
      await go.promise
      return chunk
    },
  })
  const made = leader.hand({ number: 1 }, signal)
  await begun.promise
  const client = await connect(server.url)
  const [lock = ''] = await client.keys('*:lock')
  for (let [renewed, left] = [0, Number.POSITIVE_INFINITY]; renewed < 2; ) {
    const now = await client.pttl(lock)
    expect(now).toBeGreaterThan(0)
    if (now > left) renewed++
    left = now
  }
  client.disconnect()
  go.resolve()
  expect(await made).toEqual({ number: 1 })
  expect(times).toBe(1)
  over.abort()
  await done
})
