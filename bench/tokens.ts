// One of the processes of bench D: asks as fast as the shared limits let it, until it is told to stop.
import { teacherAdapter } from '../pipeline/ask/ask-teacher.ts'
import { tries } from '../pipeline/ask/asker.ts'
import { eachConcurrent } from '../pipeline/concurrent.ts'
import { openSqliteLimiter } from '../store/sqlite-limiter.ts'
import { openai } from '../teachers/openai.ts'

const [folder = '', baseURL = '', tokensPerMinute = ''] = process.argv.slice(2)
const limits = { tokensPerMinute: Number(tokensPerMinute) }
const teacher = openai({ model: 'slow', baseURL, limits })
using limiter = openSqliteLimiter(folder)
const ask = tries({ limiter })
const stop = new AbortController()
process.once('disconnect', () => process.exit())
process.send?.('ready')
await new Promise(resolve => process.once('message', resolve))
process.once('message', () => stop.abort())

async function* samples() {
  for (let sample = 0; ; sample++) yield sample
}

const work = async (sample: number, signal: AbortSignal) => {
  const question = [{ type: 'text' as const, text: 'How wide is it? '.repeat(100) }]
  const request = {
    system: '',
    question,
    turns: [],
    tools: [],
    sample,
    maxTokens: 4096,
    bytes: async () => new Uint8Array(),
  }
  await ask(teacherAdapter().inquiryOf(teacher, request), signal)
}
await eachConcurrent(samples(), 40, work, stop.signal).catch(error => {
  if (!stop.signal.aborted) throw error
})
process.disconnect()
