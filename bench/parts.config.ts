// The run that bench/parts.ts divides and kills: two turns for each task, at the address it is given.
import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { passed } from 'kindling/filters/passed'
import { hf } from 'kindling/output/hf'
import { bubblewrap } from 'kindling/sandbox/bubblewrap'
import { openai } from 'kindling/teachers/openai'
import { benchTasks } from './contenders.ts'

const { TEACHER_URL = '', RUNS = '', PRICES = '', BUDGET = '', TASKS = '' } = process.env

export default defineConfig({
  name: 'divided',
  output: RUNS,
  tasks: benchTasks(Number(TASKS)),
  teachers: [openai({ model: 'slow', baseURL: TEACHER_URL })],
  tools: [],
  sandbox: bubblewrap(),
  checks: [answer()],
  filters: [passed()],
  exports: [hf()],
  prices: PRICES,
  limits: { concurrency: 8, maxTokens: 100, budgetUsd: Number(BUDGET) },
})
