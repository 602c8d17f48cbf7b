// A first run: six pictures with a question each, a teacher, and a check, a filter and a tool of one's own.
//   npx kindling run first.config.ts
// The teacher is a program that can solve these six and hardly more; it needs no key and costs nothing. To use a model,
// set OPENAI_API_KEY, import `openai` from 'kindling/teachers/openai' and change one line:
//   teachers: [openai({ model: 'gpt-5' })],
// or, for a server of your own, openai({ model: '…', baseURL: 'http://127.0.0.1:8000/v1' }).
import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { reexecutes } from 'kindling/checks/reexecutes'
import { passed } from 'kindling/filters/passed'
import { hf } from 'kindling/output/hf'
import { rejected } from 'kindling/output/rejected'
import { bubblewrap } from 'kindling/sandbox/bubblewrap'
import { jsonl } from 'kindling/tasks/jsonl'
import { program } from 'kindling/teachers/program'
import { python } from 'kindling/tools/python'
import { shortAnswer } from './checks/short-answer.ts'
import { fewTurns } from './filters/few-turns.ts'
import { imageSize } from './tools/image-size.ts'

export default defineConfig({
  name: 'first',
  tasks: jsonl('tasks/tasks.jsonl', {
    fields: {
      id: 'id',
      question: 'question',
      images: 'image',
      answer: 'answer',
      answerType: 'answer_type',
      category: 'kind',
    },
    source: { name: 'first pictures', licence: 'Apache-2.0' },
  }),
  teachers: [program({ errors: 0 })],
  tools: [python(), imageSize()],
  sandbox: bubblewrap(),
  checks: [answer(), reexecutes(), shortAnswer({ mostWords: 3 })],
  filters: [passed(), fewTurns({ most: 3 })],
  exports: [hf(), rejected()],
  limits: { concurrency: 3 },
})
