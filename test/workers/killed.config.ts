// The run of test/pipeline/kill.config.ts, shared among workers where a Redis is given.
import { defineConfig } from 'kindling'
import { redis } from 'kindling/workers/redis'
import plain from '../pipeline/kill.config.ts'

const { REDIS = '' } = process.env

export default defineConfig({
  ...plain,
  ...(REDIS !== '' && { workers: redis({ url: REDIS, lockSeconds: 8 }) }),
})
