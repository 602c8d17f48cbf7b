// The run that test/pipeline/check-kill.test.ts kills among its checks: that of kill.config.ts, with checks that ask models.
import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { consistencyJudge } from 'kindling/checks/consistency-judge'
import { toolNecessity } from 'kindling/checks/tool-necessity'
import { passed } from 'kindling/filters/passed'
import { openai } from 'kindling/teachers/openai'
import { drawings } from '../../../examples/demo/drawings.ts'
import killed from '../kill.config.ts'

const { TEACHER_URL = '', JUDGE_URL = '' } = process.env
const student = openai({
  model: 'kindling-program-1',
  baseURL: TEACHER_URL,
  apiKey: 'none',
  seed: 4,
  name: 'student',
})
const judge = openai({ model: 'judge', baseURL: JUDGE_URL, apiKey: 'none' })

export default defineConfig({
  ...killed,
  tasks: drawings({ seed: 11, count: 3 }),
  checks: [answer(), toolNecessity({ student, k: 2 }), consistencyJudge({ models: [judge] })],
  filters: [passed('answer', 'tool_necessity', 'consistency_judge')],
})
