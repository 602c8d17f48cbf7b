// A run for many machines: its folder is named by whoever starts it, since each machine has a disk of its own.
import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { reexecutes } from 'kindling/checks/reexecutes'
import { duplicates } from 'kindling/filters/duplicates'
import { passed } from 'kindling/filters/passed'
import { hf } from 'kindling/output/hf'
import { rejected } from 'kindling/output/rejected'
import { bubblewrap } from 'kindling/sandbox/bubblewrap'
import { program } from 'kindling/teachers/program'
import { python } from 'kindling/tools/python'
import { drawings } from '../demo/drawings.ts'

export default defineConfig({
  name: 'cluster',
  output: process.env.KINDLING_RUNS ?? '../../runs',
  tasks: drawings({ seed: 11, count: 24 }),
  teachers: [program({ seed: 3 })],
  tools: [python()],
  sandbox: bubblewrap(),
  checks: [answer(), reexecutes()],
  filters: [passed(), duplicates()],
  exports: [hf(), rejected()],
  limits: { concurrency: 2, turns: 6 },
})
