// The run that bench/workers.ts measures: one turn for each task, shared among workers where a Redis is given.
import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { passed } from 'kindling/filters/passed'
import { hf } from 'kindling/output/hf'
import { openai } from 'kindling/teachers/openai'
import { redis } from 'kindling/workers/redis'
import { smallJail } from '../test/small-jail.ts'
import { benchTasks } from './contenders.ts'

const { TEACHER_URL = '', RUNS = '', REDIS = '', TASKS = '', LOCK = '' } = process.env

export default defineConfig({
  name: 'worked',
  output: RUNS,
  tasks: benchTasks(Number(TASKS)),
  teachers: [openai({ model: 'slow', baseURL: TEACHER_URL })],
  tools: [],
  sandbox: smallJail(),
  checks: [answer()],
  filters: [passed()],
  exports: [hf()],
  limits: { concurrency: 8 },
  ...(REDIS !== '' && { workers: redis({ url: REDIS, lockSeconds: Number(LOCK) }) }),
})
