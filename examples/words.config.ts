// Questions of words alone: mathematics that Python works out. No image is mapped, so none is asked for or spoken of.
// Where each row is from, and under which licence, stands in its columns.
//   npm run kindling -- run examples/words.config.ts
import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { bypass } from 'kindling/checks/bypass'
import { codeErrors } from 'kindling/checks/code-errors'
import { noOpCode } from 'kindling/checks/no-op-code'
import { reexecutes } from 'kindling/checks/reexecutes'
import { schema } from 'kindling/checks/schema'
import { thought } from 'kindling/checks/thought'
import { duplicates } from 'kindling/filters/duplicates'
import { licences } from 'kindling/filters/licences'
import { passed } from 'kindling/filters/passed'
import { usedTools } from 'kindling/filters/used-tools'
import { deepEyesSft } from 'kindling/output/deepeyes-sft'
import { hf } from 'kindling/output/hf'
import { llamaFactory } from 'kindling/output/llama-factory'
import { rejected } from 'kindling/output/rejected'
import { bubblewrap } from 'kindling/sandbox/bubblewrap'
import { jsonl } from 'kindling/tasks/jsonl'
import { program } from 'kindling/teachers/program'
import { python } from 'kindling/tools/python'
import { sums } from './words/sums.ts'

const { RUNS: output = '../runs' } = process.env

export default defineConfig({
  name: 'words',
  output,
  tasks: jsonl('words/tasks.jsonl', {
    fields: {
      id: 'id',
      question: 'question',
      answer: 'answer',
      answerType: { value: 'number' },
      category: 'kind',
      meta: ['level'],
    },
    source: { name: { field: 'set' }, licence: { field: 'license' } },
  }),
  teachers: [program({ errors: 0, skills: [sums] })],
  tools: [python()],
  sandbox: bubblewrap(),
  checks: [schema(), answer(), reexecutes(), codeErrors(), noOpCode(), thought(), bypass()],
  filters: [passed(), usedTools({ min: 1 }), licences({ allow: ['cc0-1.0', 'cc-by-4.0'] }), duplicates()],
  exports: [hf(), llamaFactory(), deepEyesSft(), rejected()],
  limits: { concurrency: 3 },
})
