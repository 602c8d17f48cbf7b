// The run of test/cli/mcp.test.ts: the tools of an MCP server, which is the tests' own.
import { join } from 'node:path'
import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { reexecutes } from 'kindling/checks/reexecutes'
import { passed } from 'kindling/filters/passed'
import { hf } from 'kindling/output/hf'
import { jsonl } from 'kindling/tasks/jsonl'
import { openai } from 'kindling/teachers/openai'
import { crop } from 'kindling/tools/crop'
import { mcp } from 'kindling/tools/mcp'
import { python } from 'kindling/tools/python'
import { smallJail } from '../small-jail.ts'

const { TEACHER_URL = '', RUN = 'mcp', LIFELINE, SERVER_MODE: mode = '', SOME_KEY } = process.env

export default defineConfig({
  name: RUN,
  tasks: jsonl('tasks.jsonl', {
    fields: { id: 'id', question: 'question', images: 'image', answer: 'answer' },
    source: { name: 'own', licence: 'CC0-1.0' },
  }),
  teachers: [openai({ model: 'm', baseURL: TEACHER_URL, apiKey: 'none' })],
  tools: [
    python(),
    crop(),
    ...(await mcp({
      command: process.execPath,
      args: [join(import.meta.dirname, '../tools/mcp-server.ts'), mode],
      env: { LIFELINE, SOME_KEY },
      tools: ['picture', 'silent', 'secret'],
      startMs: mode === 'deaf' ? 1_500 : 60_000,
    })),
  ],
  sandbox: smallJail(),
  checks: [answer(), reexecutes()],
  filters: [passed()],
  exports: [hf()],
  limits: { concurrency: 2, turns: 6 },
})
