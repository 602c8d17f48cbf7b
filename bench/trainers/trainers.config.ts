// What bench/trainers/main.ts exports: the demo's rows, with a few of words alone, for every trainer that it runs.
import { join } from 'node:path'
import { defineConfig } from 'kindling'
import { atif } from 'kindling/output/atif'
import { axolotl } from 'kindling/output/axolotl'
import { deepEyesSft } from 'kindling/output/deepeyes-sft'
import { hf } from 'kindling/output/hf'
import { llamaFactory } from 'kindling/output/llama-factory'
import { msSwift } from 'kindling/output/ms-swift'
import { sharegpt } from 'kindling/output/sharegpt'
import { trl } from 'kindling/output/trl'
import { verlSft } from 'kindling/output/verl-sft'
import { textRows } from 'kindling/tasks/text-rows'
import demo from '../../examples/demo.config.ts'

const longCot = textRows(join(import.meta.dirname, 'text-rows.jsonl'), {
  fields: { question: 'question', reasoning: 'reasoning', answer: 'answer' },
  source: { name: 'sums in words', licence: 'MIT' },
})

export default defineConfig({
  ...demo,
  name: 'trainers',
  output: '../../runs',
  exports: [
    hf(),
    llamaFactory(),
    deepEyesSft(),
    atif(),
    msSwift({ longCot }),
    trl({ longCot }),
    axolotl({ longCot }),
    verlSft({ longCot }),
    sharegpt({ longCot }),
  ],
})
