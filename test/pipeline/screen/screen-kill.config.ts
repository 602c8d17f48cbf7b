// The run that test/pipeline/screen-kill.test.ts kills while it screens: that of kill.config.ts, with a student before it.
import { defineConfig } from 'kindling'
import { deepEyesRl } from 'kindling/output/deepeyes-rl'
import { screenedOut } from 'kindling/output/screened-out'
import { difficulty } from 'kindling/screens/difficulty'
import { openai } from 'kindling/teachers/openai'
import { drawings } from '../../../examples/demo/drawings.ts'
import killed from '../kill.config.ts'

const { STUDENT_URL = '' } = process.env
const student = openai({ model: 'student', baseURL: STUDENT_URL, apiKey: 'none' })

export default defineConfig({
  ...killed,
  tasks: drawings({ seed: 11, count: 6 }),
  screens: [difficulty({ student, k: 3, most: 1 })],
  exports: [...killed.exports, deepEyesRl(), screenedOut()],
})
