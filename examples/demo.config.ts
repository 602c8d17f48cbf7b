// The demo: real material from npm packages and pictures drawn from real tables, solved by the program teacher.
// To use a model instead, change the line of `teachers`, as in `openai({ model: '…' })`; see the README.
import { join } from 'node:path'
import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { bypass } from 'kindling/checks/bypass'
import { codeErrors } from 'kindling/checks/code-errors'
import { consistency } from 'kindling/checks/consistency'
import { format } from 'kindling/checks/format'
import { grounded } from 'kindling/checks/grounded'
import { inventedObservation } from 'kindling/checks/invented-observation'
import { language } from 'kindling/checks/language'
import { noOpCode } from 'kindling/checks/no-op-code'
import { pii } from 'kindling/checks/pii'
import { recrop } from 'kindling/checks/recrop'
import { reexecutes } from 'kindling/checks/reexecutes'
import { refusal } from 'kindling/checks/refusal'
import { repeatedCall } from 'kindling/checks/repeated-call'
import { schema } from 'kindling/checks/schema'
import { signals } from 'kindling/checks/signals'
import { textLeak } from 'kindling/checks/text-leak'
import { thought } from 'kindling/checks/thought'
import { toolsUsed } from 'kindling/checks/tools-used'
import { truncated } from 'kindling/checks/truncated'
import { duplicates } from 'kindling/filters/duplicates'
import { passed } from 'kindling/filters/passed'
import { tellingNames } from 'kindling/filters/telling-names'
import { usedTools } from 'kindling/filters/used-tools'
import { deepEyesSft } from 'kindling/output/deepeyes-sft'
import { hf } from 'kindling/output/hf'
import { llamaFactory } from 'kindling/output/llama-factory'
import { rejected } from 'kindling/output/rejected'
import { bubblewrap } from 'kindling/sandbox/bubblewrap'
import { program } from 'kindling/teachers/program'
import { imageSearch } from 'kindling/tools/image-search'
import { python } from 'kindling/tools/python'
import { textSearch } from 'kindling/tools/text-search'
import { charts } from './demo/charts.ts'
import { drawings } from './demo/drawings.ts'
import { factbookCorpus, flagCorpus, flags } from './demo/flags.ts'
import { kept } from './demo/kept.ts'

const seed = 20260101
const cache = join(import.meta.dirname, '../.cache')

export default defineConfig({
  name: 'demo',
  output: '../runs',
  tasks: [flags({ seed, count: 140 }), charts({ seed, count: 70 }), drawings({ seed, count: 70 })].map(
    source => kept(source, join(cache, `${source.name}-tasks.sqlite`)),
  ),
  teachers: [program({ seed })],
  tools: [
    python(),
    imageSearch({ corpus: await flagCorpus({ path: join(cache, 'flags.sqlite') }) }),
    textSearch({ corpus: await factbookCorpus({ path: join(cache, 'factbook.sqlite') }) }),
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
    signals(),
  ],
  filters: [passed(), usedTools({ min: 1 }), tellingNames(), duplicates()],
  exports: [hf(), llamaFactory(), deepEyesSft(), rejected()],
  limits: { concurrency: 3 },
})
