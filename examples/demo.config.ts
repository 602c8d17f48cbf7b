// The demo: real material from npm packages and pictures drawn from real tables, solved by the program teacher.
// To use a model instead, change the line of `teachers`, as in `openai({ model: '…' })`; see the README.
import { defineConfig } from 'kindling'
import { answer } from 'kindling/filters/answer'
import { codeErrors } from 'kindling/filters/code-errors'
import { noOpCode } from 'kindling/filters/no-op-code'
import { passed } from 'kindling/filters/passed'
import { reexecutes } from 'kindling/filters/reexecutes'
import { schema } from 'kindling/filters/schema'
import { thought } from 'kindling/filters/thought'
import { usedTools } from 'kindling/filters/used-tools'
import { deepEyesSft } from 'kindling/output/deepeyes-sft'
import { hf } from 'kindling/output/hf'
import { llamaFactory } from 'kindling/output/llama-factory'
import { rejected } from 'kindling/output/rejected'
import { bubblewrap } from 'kindling/sandbox/bubblewrap'
import { program } from 'kindling/teachers/program/program'
import { imageSearch } from 'kindling/tools/image-search'
import { python } from 'kindling/tools/python'
import { textSearch } from 'kindling/tools/text-search'
import { charts } from './demo/charts.ts'
import { drawings } from './demo/drawings.ts'
import { factbookCorpus, flagCorpus, flags } from './demo/flags.ts'

const seed = 20260101

export default defineConfig({
  name: 'demo',
  tasks: [flags({ seed, count: 140 }), charts({ seed, count: 70 }), drawings({ seed, count: 70 })],
  teachers: [program({ seed })],
  tools: [
    python(),
    imageSearch({ corpus: await flagCorpus({ path: '.cache/flags.sqlite' }) }),
    textSearch({ corpus: await factbookCorpus({ path: '.cache/factbook.sqlite' }) }),
  ],
  sandbox: bubblewrap(),
  checks: [schema(), answer(), reexecutes(), codeErrors(), noOpCode(), thought()],
  filters: [
    passed('schema', 'answer', 'reexecutes', 'code_errors', 'no_op_code', 'thought'),
    usedTools({ min: 1 }),
  ],
  exports: [hf(), llamaFactory(), deepEyesSft(), rejected()],
  limits: { concurrency: 3 },
})
