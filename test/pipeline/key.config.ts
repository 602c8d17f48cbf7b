// The run of test/pipeline/key.test.ts: its teacher takes the key from the environment, as a user's does.
import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { passed } from 'kindling/filters/passed'
import { hf } from 'kindling/output/hf'
import { rejected } from 'kindling/output/rejected'
import { openai } from 'kindling/teachers/openai'
import { python } from 'kindling/tools/python'
import { drawings } from '../../examples/demo/drawings.ts'
import { smallJail } from '../small-jail.ts'

const { TEACHER_URL = '', RUNS = '' } = process.env

export default defineConfig({
  name: 'keyed',
  output: RUNS,
  tasks: drawings({ seed: 11, count: 3 }),
  teachers: [openai({ model: 'm', baseURL: TEACHER_URL, apiKeyEnv: 'OPENAI_API_KEY' })],
  tools: [python()],
  sandbox: smallJail(),
  checks: [answer()],
  filters: [passed()],
  exports: [hf(), rejected()],
  limits: { concurrency: 1, turns: 3 },
})
