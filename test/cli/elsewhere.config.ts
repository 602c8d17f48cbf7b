// The run of test/cli/elsewhere.test.ts: that of command.config.ts, with tasks that lie elsewhere.
import { defineConfig } from 'kindling'
import { jsonl } from 'kindling/tasks/jsonl'
import command from './command.config.ts'

export default defineConfig({
  ...command,
  tasks: jsonl(process.env.TASKS ?? '', {
    fields: { id: 'id', question: 'question', images: 'image', answer: 'answer' },
    source: { name: 'own', licence: 'CC0-1.0' },
  }),
})
