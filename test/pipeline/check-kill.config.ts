// The run that test/pipeline/check-kill.test.ts kills among its checks: that of kill.config.ts, with checks that ask models.
import { defineConfig } from 'kindling'
import { answer } from 'kindling/filters/answer'
import { consistencyJudge } from 'kindling/filters/consistency-judge'
import { passed } from 'kindling/filters/passed'
import { toolNecessity } from 'kindling/filters/tool-necessity'
import { openai } from 'kindling/teachers/openai'
import { drawings } from '../../examples/demo/drawings.ts'
import killed from './kill.config.ts'

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
