// The run of test/pipeline/kill.config.ts, shared among workers where a Redis is given.
import { defineConfig } from 'kindling'
import { redis } from 'kindling/workers/redis'
import plain from '../pipeline/kill.config.ts'

const { REDIS = '', BUDGET = '' } = process.env

export default defineConfig({
  ...plain,
  ...(REDIS !== '' && { workers: redis({ url: REDIS, lockSeconds: 2 }) }),
  limits: { ...plain.limits, ...(BUDGET !== '' && { budgetUsd: Number(BUDGET) }) },
  ...(BUDGET !== '' && { prices: process.env.PRICES ?? '' }),
})
