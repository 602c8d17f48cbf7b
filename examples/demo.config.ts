// The demo: real material from npm packages and pictures drawn from real tables, solved by the program teacher.
// To use a model instead, change the line of `teachers`, as in `openai({ model: '…' })`; see the README.
import { defineConfig } from 'kindling'
import { answer } from 'kindling/filters/answer'
import { bypass } from 'kindling/filters/bypass'
import { codeErrors } from 'kindling/filters/code-errors'
import { consistency } from 'kindling/filters/consistency'
import { duplicates } from 'kindling/filters/duplicates'
import { format } from 'kindling/filters/format'
import { grounded } from 'kindling/filters/grounded'
import { inventedObservation } from 'kindling/filters/invented-observation'
import { language } from 'kindling/filters/language'
import { noOpCode } from 'kindling/filters/no-op-code'
import { passed } from 'kindling/filters/passed'
import { pii } from 'kindling/filters/pii'
import { recrop } from 'kindling/filters/recrop'
import { reexecutes } from 'kindling/filters/reexecutes'
import { refusal } from 'kindling/filters/refusal'
import { repeatedCall } from 'kindling/filters/repeated-call'
import { schema } from 'kindling/filters/schema'
import { tellingNames } from 'kindling/filters/telling-names'
import { textLeak } from 'kindling/filters/text-leak'
import { thought } from 'kindling/filters/thought'
import { toolsUsed } from 'kindling/filters/tools-used'
import { truncated } from 'kindling/filters/truncated'
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
  checks: [
    schema(),
    answer(),
    reexecutes(),
    codeErrors(),
    noOpCode(),
    thought(),
    grounded(),
    bypass(),
    consistency(),
    inventedObservation(),
    recrop(),
    repeatedCall(),
    textLeak(),
    format(),
    language(),
    refusal(),
    truncated(),
    pii(),
    toolsUsed(),
  ],
  filters: [
    passed(
      ...['schema', 'answer', 'reexecutes', 'code_errors', 'no_op_code', 'thought'],
      ...[
        'grounded',
        'bypass',
        'consistency',
        'invented_observation',
        'recrop',
        'repeated_call',
        'text_leak',
      ],
      ...['format', 'language', 'refusal', 'truncated', 'pii', 'tools_used'],
    ),
    usedTools({ min: 1 }),
    tellingNames(),
    duplicates(),
  ],
  exports: [hf(), llamaFactory(), deepEyesSft(), rejected()],
  limits: { concurrency: 3 },
})
