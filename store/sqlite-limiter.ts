import { join } from 'node:path'
import { makeFolder } from './folder.ts'
import type { Limiter, Rate } from './limiter.ts'
import { orAnew } from './sqlite-tables.ts'

/** A limiter in a small file of its own, `limits.sqlite` of a folder; whoever opens the same folder shares it. */
export function openSqliteLimiter(folder: string): Limiter {
  makeFolder(folder)
  // Nothing in it must survive a power cut: what is lost is less than a minute of a rate. No write-ahead log: two
  // processes that open a new file at once cannot both switch to one, and the loser is not made to wait but fails.
  const settings = 'PRAGMA busy_timeout = 30000; PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = OFF'
  const database = orAnew(join(folder, 'limits.sqlite'), settings)
  // `due`: when everything that was taken so far is earned, in milliseconds since 1970.
  database.exec('CREATE TABLE IF NOT EXISTS rates (key TEXT PRIMARY KEY, due REAL NOT NULL) STRICT')
  const take = database.prepare(
    'INSERT INTO rates VALUES (:key, :now + :time) ON CONFLICT DO UPDATE SET due = max(due, :now) + :time RETURNING due',
  )
  const change = database.prepare('UPDATE rates SET due = due + :time WHERE key = :key')
  return {
    reserve(key, cost, rate) {
      const now = Date.now()
      const due = Number(take.get({ key, now, time: timeOf(cost, rate) })?.due)
      return Math.max(0, due - timeOf(Math.max(cost, rate.burst), rate) - now)
    },
    settle: (key, delta, rate) => void change.run({ key, time: timeOf(delta, rate) }),
    [Symbol.dispose]: () => database.close(),
  }
}

/** Milliseconds in which a rate earns that many units. */
const timeOf = (units: number, { perMinute }: Rate) => (units * 60_000) / perMinute
