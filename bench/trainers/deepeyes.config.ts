// What the bench of environments exports: rows and prompts of every source that DeepEyesV2's trainer knows. The student
// errs often, so that about half of the tasks are solved by it and become prompts for reinforcement learning. What it
// searched for on its way is in the cache of the environment.
import { defineConfig } from 'kindling'
import { deepEyesRl } from 'kindling/output/deepeyes-rl'
import { deepEyesSft } from 'kindling/output/deepeyes-sft'
import { difficulty } from 'kindling/screens/difficulty'
import { program } from 'kindling/teachers/program'
import { charts } from '../../examples/demo/charts.ts'
import { drawings } from '../../examples/demo/drawings.ts'
import { flags } from '../../examples/demo/flags.ts'
import demo from '../../examples/demo.config.ts'

const seed = 20260101
const student = { ...program({ seed, errors: { wrong_answer: 0.5 } }), name: 'student' }

export default defineConfig({
  ...demo,
  name: 'deepeyes',
  output: '../../runs',
  tasks: [flags({ seed, count: 40 }), charts({ seed, count: 20 }), drawings({ seed, count: 20 })],
  screens: [difficulty({ student, k: 1 })],
  exports: [deepEyesSft({ beyond: 'cut' }), deepEyesRl({ sources: { integration: 'search' } })],
})
