// The run of test/cli/stored.test.ts: screened, judged and selected, where every model and the search engine needs a key.
import { defineConfig } from 'kindling'
import { judge } from 'kindling/checks/judge'
import { passed } from 'kindling/filters/passed'
import { quotas } from 'kindling/filters/quotas'
import { difficulty } from 'kindling/screens/difficulty'
import { openai } from 'kindling/teachers/openai'
import { serper } from 'kindling/tools/serper'
import { textSearch } from 'kindling/tools/text-search'
import command from './command.config.ts'

const { TEACHER_URL: baseURL = '' } = process.env
const model = (name: string, apiKeyEnv: string) => openai({ model: name, baseURL, apiKeyEnv })

export default defineConfig({
  ...command,
  name: 'stored',
  screens: [difficulty({ student: model('student', 'STUDENT_KEY'), k: 1, most: 0 })],
  teachers: [model('m', 'TEACHER_KEY')],
  tools: [textSearch({ corpus: serper({ apiKeyEnv: 'SEARCH_KEY' }) })],
  checks: [judge({ models: [model('judge', 'JUDGE_KEY')] })],
  filters: [passed('judge'), quotas({ by: 'category', counts: { default: 1 } })],
})
