// What bench/trainers/main.ts exports: the demo's rows, for every trainer that it runs.
import { defineConfig } from 'kindling'
import { atif } from 'kindling/output/atif'
import { deepEyesSft } from 'kindling/output/deepeyes-sft'
import { hf } from 'kindling/output/hf'
import { llamaFactory } from 'kindling/output/llama-factory'
import demo from '../../examples/demo.config.ts'

export default defineConfig({
  ...demo,
  name: 'trainers',
  output: '../../runs',
  exports: [hf(), llamaFactory(), deepEyesSft(), atif()],
})
