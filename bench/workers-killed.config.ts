// The run that bench/workers-killed.ts shares and kills: real drawings, code that is really run, and run again.
import { defineConfig } from 'kindling'
import { redis } from 'kindling/workers/redis'
import { drawings } from '../examples/demo/drawings.ts'
import plain from '../test/pipeline/kill.config.ts'

const { REDIS = '', PRICES = '', BUDGET = '', TASKS = '' } = process.env

export default defineConfig({
  ...plain,
  tasks: drawings({ seed: 11, count: Number(TASKS) }),
  ...(REDIS !== '' && { workers: redis({ url: REDIS, lockSeconds: 3 }) }),
  prices: PRICES,
  limits: { ...plain.limits, maxTokens: 500, budgetUsd: Number(BUDGET) },
})
