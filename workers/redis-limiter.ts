import type { Redis } from 'ioredis'
import type { Limiter, Rate } from '../store/limiter.ts'

/** `due`: when everything that was taken so far is earned, by the clock of Redis, in milliseconds since 1970. */
const take = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + tonumber(ARGV[1])
redis.call('SET', KEYS[1], string.format('%.3f', due), 'PX', math.ceil(due - now) + 60000)
return string.format('%.3f', due - now)
`

const change = `
local due = redis.call('GET', KEYS[1])
if due then redis.call('SET', KEYS[1], string.format('%.3f', tonumber(due) + tonumber(ARGV[1])), 'KEEPTTL') end
`

/** Rates that all processes keep together that meet at one Redis: GCRA, a script of one step for each reservation. */
export const redisLimiter = (client: Redis, prefix: string): Limiter => ({
  async reserve(key, cost, rate) {
    const wait = Number(await client.eval(take, 1, `${prefix}${key}`, timeOf(cost, rate)))
    return Math.max(0, wait - timeOf(Math.max(cost, rate.burst), rate))
  },
  settle: async (key, delta, rate) =>
    void (await client.eval(change, 1, `${prefix}${key}`, timeOf(delta, rate))),
  [Symbol.dispose]: () => {},
})

/** Milliseconds in which a rate earns that many units. */
const timeOf = (units: number, { perMinute }: Rate) => (units * 60_000) / perMinute
