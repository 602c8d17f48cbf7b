import { afterAll, beforeAll, expect, test } from 'vitest'
import { redis } from '../../workers/redis.ts'
import { connect } from '../../workers/redis-connection.ts'
import type { Funds } from '../../workers/shared-funds.ts'
import type { OpenPool } from '../../workers/worker-pool.ts'
import { type RedisServer, redisServer } from '../servers/redis.ts'

let server: RedisServer
beforeAll(async () => {
  server = await redisServer()
})
afterAll(() => server[Symbol.asyncDispose]())

/** Processes that share the purse of a run, whose ledger says this. */
async function sharing(run: string, limit: number | null, ledger: () => Funds, count = 2) {
  const pools: OpenPool[] = []
  for (let index = 0; index < count; index++) pools.push(await redis({ url: server.url }).join(run))
  for (const { funds } of pools) funds.account(async () => ledger())
  await pools[0]?.funds.limit(limit)
  return pools.map(({ funds, ...pool }) => ({ ...funds, end: () => pool[Symbol.asyncDispose]() }))
}

const nothing = (): Funds => ({ spent: 0, open: [] })

test('what all hold and what is spent is never more than the limit', async () => {
  const [one, two] = await sharing('limit', 1, nothing)
  if (!one || !two) throw new Error('too few')
  expect(await one.hold('a', 0.6)).toEqual({ kind: 'held' })
  expect(await two.hold('b', 0.6)).toEqual({ kind: 'wait' })
  await one.settle('a', 0.3)
  expect(await two.hold('b', 0.6)).toEqual({ kind: 'held' })
  // Another time it costs nothing.
  await one.settle('a', 0.3)
  await two.settle('b', 0.6)
  expect(await one.hold('c', 0.2)).toEqual({ kind: 'refused', spent: 0.9 })
  expect(await one.hold('c', 0.1)).toEqual({ kind: 'held' })
  await Promise.all([one.end(), two.end()])
})

test('many processes that hold at once keep to it together', async () => {
  const all = await sharing('many', 1, nothing, 4)
  const said = await Promise.all(
    Array.from({ length: 40 }, async (_, index) => all[index % all.length]?.hold(`call ${index}`, 0.1)),
  )
  expect(said.filter(each => each?.kind === 'held')).toHaveLength(10)
  await Promise.all(all.map(each => each.end()))
})

test('what a killed process held stays spent, and nobody waits for it', async () => {
  const ledger = (): Funds => ({ spent: 0.25, open: [{ id: 'of a dead one', usd: 0.5 }] })
  const [one, two] = await sharing('killed', 1, ledger)
  if (!one || !two) throw new Error('too few')
  expect(await one.hold('a', 0.5)).toEqual({ kind: 'refused', spent: 0.75 })
  expect(await two.hold('a', 0.25)).toEqual({ kind: 'held' })
  await Promise.all([one.end(), two.end()])
})

test('a Redis that was killed is told what the ledger says before anything is held', async () => {
  const open: { id: string; usd: number }[] = []
  const [one, two] = await sharing('restart', 1, () => ({ spent: 0, open }))
  if (!one || !two) throw new Error('too few')
  await one.hold('in the ledger', 0.6)
  open.push({ id: 'in the ledger', usd: 0.6 })
  await two.hold('not yet', 0.3)
  await server.killAndRestart()
  // What was reserved and is not made yet has to be reserved again.
  expect(await two.isHeld('not yet')).toBe(false)
  expect(await one.isHeld('in the ledger')).toBe(true)
  expect((await two.hold('another', 0.5)).kind).not.toBe('held')
  await one.settle('in the ledger', 0.1)
  expect(await two.hold('another', 0.5)).toEqual({ kind: 'held' })
  await Promise.all([one.end(), two.end()])
})

test('who cannot read the ledger keeps nobody else from it', async () => {
  await using pool = await redis({ url: server.url }).join('unread')
  await expect(pool.funds.hold('a', 1)).rejects.toThrow('nobody said where the ledger is')
  const client = await connect(server.url)
  expect(await client.exists('{kindling:unread}:reading')).toBe(0)
  client.disconnect()
})
