// The run of test/cli/command.test.ts: tasks from a file in the working folder, a teacher at an address.
import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { passed } from 'kindling/filters/passed'
import { usedTools } from 'kindling/filters/used-tools'
import { hf } from 'kindling/output/hf'
import { rejected } from 'kindling/output/rejected'
import { jsonl } from 'kindling/tasks/jsonl'
import { openai } from 'kindling/teachers/openai'
import { python } from 'kindling/tools/python'
import { smallJail } from '../small-jail.ts'

const { TEACHER_URL = '', LEAST_CALLS = '0', TURNS = '4' } = process.env

export default defineConfig({
  name: 'command',
  tasks: jsonl('tasks.jsonl', {
    fields: { id: 'id', question: 'question', images: 'image', answer: 'answer' },
    source: { name: 'own', licence: 'CC0-1.0' },
  }),
  teachers: [openai({ model: 'm', baseURL: TEACHER_URL, apiKey: 'none' })],
  tools: [python()],
  sandbox: smallJail(),
  checks: [answer()],
  filters: [passed(), usedTools({ min: Number(LEAST_CALLS) })],
  exports: [hf(), rejected()],
  limits: { concurrency: 2, turns: Number(TURNS) },
})
