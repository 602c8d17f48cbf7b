// The run of bench/again.ts: one turn for each task of the folder that it is given, without tools.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { format } from 'kindling/checks/format'
import { refusal } from 'kindling/checks/refusal'
import { schema } from 'kindling/checks/schema'
import { passed } from 'kindling/filters/passed'
import { deepEyesSft } from 'kindling/output/deepeyes-sft'
import { hf } from 'kindling/output/hf'
import { llamaFactory } from 'kindling/output/llama-factory'
import { rejected } from 'kindling/output/rejected'
import { bubblewrap } from 'kindling/sandbox/bubblewrap'
import { jsonl } from 'kindling/tasks/jsonl'
import { openai } from 'kindling/teachers/openai'

const { AGAIN = '' } = process.env

export default defineConfig({
  name: 'again',
  output: AGAIN,
  tasks: jsonl(join(AGAIN, 'tasks.jsonl'), {
    fields: { id: 'id', question: 'question', answer: 'answer', images: 'image' },
    source: { name: 'bench', licence: 'Apache-2.0' },
  }),
  teachers: [openai({ model: 'slow', baseURL: readFileSync(join(AGAIN, 'teacher'), 'utf8') })],
  tools: [],
  sandbox: bubblewrap(),
  checks: [schema(), format(), answer(), refusal()],
  filters: [passed()],
  exports: [hf(), deepEyesSft(), llamaFactory(), rejected()],
  limits: { concurrency: 32 },
})
