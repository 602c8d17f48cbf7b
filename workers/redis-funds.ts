import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { dropIfMine } from './redis-connection.ts'
import type { Funds, Hold, SharedFunds } from './shared-funds.ts'

/**
 * Amounts are whole billionths of a USD, so that sums are exact. `funds` has `limit` (absent for none), `spent`, `held`
 * and `server`: which start of Redis they were read from the ledger in. After another start something may be lost, so
 * nothing is held until they are read anew. `holds` has what each call holds and for which process, `alive` until when
 * each process is taken to live.
 */
const keys = `
local funds, holds, alive = KEYS[1], KEYS[2], KEYS[3]
local function amount(field) return tonumber(redis.call('HGET', funds, field) or '0') end
local server = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
local known = redis.call('HGET', funds, 'server') == server
local function say(what) return { what, string.format('%.0f', amount('spent') + amount('held')) } end
`

const scripts = {
  hold: `${keys}
if not known then return say('lost') end
if redis.call('HEXISTS', holds, ARGV[1]) == 1 then return say('held') end
local usd, limit = tonumber(ARGV[2]), redis.call('HGET', funds, 'limit')
if not limit or amount('spent') + amount('held') + usd <= tonumber(limit) then
  redis.call('HSET', holds, ARGV[1], ARGV[2] .. ':' .. ARGV[3])
  redis.call('HINCRBY', funds, 'held', ARGV[2])
  return say('held')
end
local now = tonumber(redis.call('TIME')[1])
local all = redis.call('HVALS', holds)
for _, each in ipairs(all) do
  local until_ = redis.call('ZSCORE', alive, string.match(each, ':(.*)$'))
  if until_ and tonumber(until_) >= now then return say('wait') end
end
return say('refused')`,
  isHeld: `${keys}
if not known then return say('lost') end
return say(redis.call('HEXISTS', holds, ARGV[1]) == 1 and 'held' or 'gone')`,
  settle: `${keys}
if not known then return say('lost') end
local held = redis.call('HGET', holds, ARGV[1])
if held then
  redis.call('HDEL', holds, ARGV[1])
  redis.call('HINCRBY', funds, 'held', '-' .. string.match(held, '^%d+'))
  redis.call('HINCRBY', funds, 'spent', ARGV[2])
end
return say('held')`,
  spend: `${keys}
redis.call('HINCRBY', funds, 'spent', ARGV[2])
return say('held')`,
  limit: `${keys}
redis.call('HDEL', funds, 'server', 'limit')
if ARGV[2] ~= '' then redis.call('HSET', funds, 'limit', ARGV[2]) end
return say('lost')`,
  read: `${keys}
if redis.call('GET', KEYS[4]) ~= ARGV[1] then return say('lost') end
redis.call('DEL', KEYS[4])
local held = 0
redis.call('DEL', holds)
for at = 3, #ARGV, 2 do
  redis.call('HSET', holds, ARGV[at], ARGV[at + 1] .. ':')
  held = held + tonumber(ARGV[at + 1])
end
redis.call('HSET', funds, 'spent', ARGV[2], 'held', string.format('%.0f', held), 'server', server)
return say('held')`,
}

/** Up, so that what is reserved is never less than what may be charged; a sum of fractions is a little off. */
const nano = (usd: number) => String(Math.ceil(usd * 1e9 - 1e-3))

/** Milliseconds between looks whether funds are known again, and after which whoever reads them is taken for dead. */
const pace = 100
const dead = 15_000

/** The purse of a run in Redis; `me` is this process. */
export function redisFunds(client: Redis, prefix: string, me: string): SharedFunds {
  let read: () => Promise<Funds> = () => Promise.reject(new Error('nobody said where the ledger is'))
  let heard = 0

  async function run(script: string, ...values: string[]): Promise<string> {
    const names = ['funds', 'holds', 'alive', 'reading'].map(name => `${prefix}${name}`)
    const [said = '', total] = (await client.eval(script, names.length, ...names, ...values)) as string[]
    heard = Number(total) / 1e9
    return said
  }

  /** One process reads the ledger; the others wait for it. What it read counts only while nobody else began to. */
  async function restore(): Promise<void> {
    const lock = `${prefix}reading`
    const token = randomUUID()
    if ((await client.set(lock, token, 'PX', dead, 'NX')) === null) return void (await sleep(pace))
    const renewing = setInterval(() => void client.pexpire(lock, dead), dead / 3)
    try {
      const { spent, open } = await read()
      await run(scripts.read, token, nano(spent), ...open.flatMap(({ id, usd }) => [id, nano(usd)]))
    } catch (error) {
      // The next one need not wait until this one is taken for dead.
      await client.eval(dropIfMine, 1, lock, token)
      throw error
    } finally {
      clearInterval(renewing)
    }
  }

  async function known(script: string, ...values: string[]): Promise<string> {
    for (;;) {
      const said = await run(script, ...values)
      if (said !== 'lost') return said
      await restore()
    }
  }

  return {
    account(how) {
      read = how
    },
    async limit(usd) {
      await run(scripts.limit, '', usd === null ? '' : String(Math.floor(usd * 1e9 + 1e-3)))
      await known(scripts.isHeld, '')
    },
    async hold(id, usd): Promise<Hold> {
      const said = await known(scripts.hold, id, nano(usd), me)
      if (said === 'refused') return { kind: 'refused', spent: heard }
      return { kind: said === 'wait' ? 'wait' : 'held' }
    },
    isHeld: async id => (await known(scripts.isHeld, id)) === 'held',
    settle: async (id, usd) => void (await known(scripts.settle, id, nano(usd))),
    spend: async usd => void (await run(scripts.spend, '', nano(usd))),
    spent: () => heard,
  }
}
