// The run that test/pipeline/kill.test.ts kills: real drawings, a real sandbox, a teacher at the address it is given.
import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { reexecutes } from 'kindling/checks/reexecutes'
import { passed } from 'kindling/filters/passed'
import { hf } from 'kindling/output/hf'
import { rejected } from 'kindling/output/rejected'
import { s3 } from 'kindling/store/s3'
import { openai } from 'kindling/teachers/openai'
import { python } from 'kindling/tools/python'
import { drawings } from '../../examples/demo/drawings.ts'
import { smallJail } from '../small-jail.ts'

const { TEACHER_URL = '', RUNS = '', BUCKETS } = process.env

export default defineConfig({
  name: 'killed',
  output: RUNS,
  ...(BUCKETS && { store: s3({ bucket: 'bucket', endpoint: BUCKETS }) }),
  tasks: drawings({ seed: 11, count: 12 }),
  teachers: [openai({ model: 'kindling-program-1', baseURL: TEACHER_URL, apiKey: 'none', seed: 3 })],
  tools: [python()],
  sandbox: smallJail(),
  checks: [answer(), reexecutes()],
  filters: [passed()],
  exports: [hf(), rejected()],
  limits: { concurrency: 3, turns: 6 },
})
