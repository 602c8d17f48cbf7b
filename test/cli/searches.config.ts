// The run of test/cli/searches.test.ts: a teacher and a search engine at addresses.
import { defineConfig } from 'kindling'
import { rejected } from 'kindling/output/rejected'
import { openai } from 'kindling/teachers/openai'
import { leakGuard } from 'kindling/tools/leak-guard'
import { textSearch } from 'kindling/tools/text-search'
import { searchEngine } from '../pipeline/search-server.ts'
import command from './command.config.ts'

const { TEACHER_URL = '', SEARCH_URL = '', RUN = 'searching', MODEL = 'm' } = process.env

export default defineConfig({
  ...command,
  name: RUN,
  teachers: [openai({ model: MODEL, baseURL: TEACHER_URL, apiKey: 'none' })],
  tools: [
    textSearch({
      corpus: searchEngine(SEARCH_URL, { usdPerCall: 0.5, limits: { requestsPerMinute: 6000 } }),
    }),
  ],
  leaks: await leakGuard(),
  exports: [rejected()],
})
