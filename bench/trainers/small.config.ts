// What the benches of training and of rewards export: rows of at most 2,048 tokens with pictures of at most 256 × 256
// pixels, so that a tiny model is trained on them by a processor within minutes.
import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { passed } from 'kindling/filters/passed'
import { axolotl } from 'kindling/output/axolotl'
import { hf } from 'kindling/output/hf'
import { llamaFactory } from 'kindling/output/llama-factory'
import { msSwift } from 'kindling/output/ms-swift'
import { trl } from 'kindling/output/trl'
import { bubblewrap } from 'kindling/sandbox/bubblewrap'
import { program } from 'kindling/teachers/program'
import { python } from 'kindling/tools/python'
import { drawings } from '../../examples/demo/drawings.ts'

const seed = 20260101
const maxTokens = 2048

export default defineConfig({
  name: 'small',
  output: '../../runs',
  tasks: drawings({ seed, count: 30 }),
  // It errs often, so that there are rows to reject.
  teachers: [program({ seed, errors: { wrong_answer: 0.2 } })],
  tools: [python()],
  sandbox: bubblewrap(),
  checks: [answer()],
  filters: [passed()],
  lengths: { maxPixels: 256 ** 2 },
  exports: [hf(), ...[llamaFactory, trl, msSwift, axolotl].map(target => target({ maxTokens }))],
  limits: { concurrency: 2 },
})
