// The run that test/pipeline/batch-kill.test.ts kills: that of kill.config.ts, with its teacher asked in batches if told so.
import { openai } from 'kindling/teachers/openai'
import config from '../kill.config.ts'

const { TEACHER_URL = '', BATCHES } = process.env
const batch = BATCHES ? { requests: 5, pollSeconds: 0.01 } : false

export default {
  ...config,
  teachers: [openai({ model: 'kindling-program-1', baseURL: TEACHER_URL, apiKey: 'none', seed: 3, batch })],
}
