// Screening: a student sorts the tasks before the teacher is asked. Both are the program, the student one that errs
// often; in earnest the student is the model that is to be trained, such as openai({ model: '…', baseURL: '…' }).
import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { passed } from 'kindling/filters/passed'
import { deepEyesRl } from 'kindling/output/deepeyes-rl'
import { deepEyesSft } from 'kindling/output/deepeyes-sft'
import { hf } from 'kindling/output/hf'
import { rejected } from 'kindling/output/rejected'
import { screenedOut } from 'kindling/output/screened-out'
import { verlRl } from 'kindling/output/verl-rl'
import { bubblewrap } from 'kindling/sandbox/bubblewrap'
import { difficulty } from 'kindling/screens/difficulty'
import { program } from 'kindling/teachers/program'
import { python } from 'kindling/tools/python'
import { drawings } from './demo/drawings.ts'

const { RUNS: output = '../runs' } = process.env
const student = { ...program({ seed: 5, errors: { wrong_answer: 0.8 } }), name: 'student' }

export default defineConfig({
  name: 'screening',
  output,
  tasks: drawings({ seed: 20260101, count: 12 }),
  screens: [difficulty({ student, k: 2 })],
  teachers: [program()],
  tools: [python()],
  sandbox: bubblewrap(),
  checks: [answer()],
  filters: [passed()],
  exports: [hf(), deepEyesSft(), deepEyesRl(), verlRl(), screenedOut(), rejected()],
  limits: { concurrency: 3 },
})
