// The run of test/cli/command.test.ts with a judge, at the teacher's address.
import { defineConfig } from 'kindling'
import { judge } from 'kindling/checks/judge'
import { passed } from 'kindling/filters/passed'
import { openai } from 'kindling/teachers/openai'
import command from './command.config.ts'

const { TEACHER_URL = '' } = process.env

export default defineConfig({
  ...command,
  checks: [judge({ models: [openai({ model: 'judge', baseURL: TEACHER_URL, apiKey: 'none' })] })],
  filters: [passed()],
})
