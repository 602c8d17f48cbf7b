// The run that bench B kills: two turns for each task, at the address it is given.
import { defineConfig } from 'kindling'
import { bubblewrap } from 'kindling/sandbox/bubblewrap'
import { openai } from 'kindling/teachers/openai'
import { benchTasks } from './contenders.ts'

const { TEACHER_URL = '', RUNS = '' } = process.env

export default defineConfig({
  name: 'killed',
  output: RUNS,
  tasks: benchTasks(500),
  teachers: [openai({ model: 'slow', baseURL: TEACHER_URL })],
  tools: [],
  sandbox: bubblewrap(),
  checks: [],
  filters: [],
  exports: [],
  limits: { concurrency: 50 },
})
