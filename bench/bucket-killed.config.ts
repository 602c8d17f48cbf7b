// The run that bench/bucket-killed.ts kills on two machines: two turns for each task, kept in a bucket if there is one.
import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { passed } from 'kindling/filters/passed'
import { hf } from 'kindling/output/hf'
import { bubblewrap } from 'kindling/sandbox/bubblewrap'
import { s3 } from 'kindling/store/s3'
import { openai } from 'kindling/teachers/openai'
import { benchTasks } from './contenders.ts'

const { TEACHER_URL = '', RUNS = '', PRICES = '', BUDGET = '', BUCKETS } = process.env

export default defineConfig({
  name: 'killed',
  output: RUNS,
  ...(BUCKETS && { store: s3({ bucket: 'bucket', endpoint: BUCKETS, run: 'bench', leaseSeconds: 5 }) }),
  tasks: benchTasks(200),
  teachers: [openai({ model: 'slow', baseURL: TEACHER_URL })],
  tools: [],
  sandbox: bubblewrap(),
  checks: [answer()],
  filters: [passed()],
  exports: [hf()],
  prices: PRICES,
  limits: { concurrency: 8, maxTokens: 100, budgetUsd: Number(BUDGET) },
})
