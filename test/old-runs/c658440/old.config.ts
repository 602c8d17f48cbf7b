import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { bypass } from 'kindling/checks/bypass'
import { codeErrors } from 'kindling/checks/code-errors'
import { consistency } from 'kindling/checks/consistency'
import { format } from 'kindling/checks/format'
import { grounded } from 'kindling/checks/grounded'
import { inventedObservation } from 'kindling/checks/invented-observation'
import { judge } from 'kindling/checks/judge'
import { language } from 'kindling/checks/language'
import { noOpCode } from 'kindling/checks/no-op-code'
import { pii } from 'kindling/checks/pii'
import { recrop } from 'kindling/checks/recrop'
import { reexecutes } from 'kindling/checks/reexecutes'
import { refusal } from 'kindling/checks/refusal'
import { repeatedCall } from 'kindling/checks/repeated-call'
import { schema } from 'kindling/checks/schema'
import { textLeak } from 'kindling/checks/text-leak'
import { thought } from 'kindling/checks/thought'
import { toolsUsed } from 'kindling/checks/tools-used'
import { truncated } from 'kindling/checks/truncated'
import { bestOf } from 'kindling/filters/best-of'
import { duplicates } from 'kindling/filters/duplicates'
import { passed } from 'kindling/filters/passed'
import { quotas } from 'kindling/filters/quotas'
import { hf } from 'kindling/output/hf'
import { llamaFactory } from 'kindling/output/llama-factory'
import { rejected } from 'kindling/output/rejected'
import { bubblewrap } from 'kindling/sandbox/bubblewrap'
import { difficulty } from 'kindling/screens/difficulty'
import { jsonl } from 'kindling/tasks/jsonl'
import { openai } from 'kindling/teachers/openai'
import { program } from 'kindling/teachers/program'
import { calculator } from 'kindling/tools/calculator'
import { jsonlPassages } from 'kindling/tools/passages'
import { python } from 'kindling/tools/python'
import { textCorpus } from 'kindling/tools/text-corpus'
import { textSearch } from 'kindling/tools/text-search'

const { TEACHER_URL: baseURL = '' } = process.env

/** At an endpoint, because its address is no part of what a model is. */
const model = (name: string, samples = 1) =>
  openai({ model: name, samples, seed: 7, apiKey: 'none', endpoints: [{ baseURL }] })

export default defineConfig({
  name: 'old',
  output: '.',
  prices: 'prices.json',
  tasks: jsonl('tasks/tasks.jsonl', {
    fields: {
      id: 'id',
      question: 'question',
      images: 'image',
      answer: 'answer',
      answerType: 'type',
      category: 'category',
    },
    source: { name: 'own', licence: 'CC0-1.0' },
  }),
  screens: [difficulty({ student: model('student'), k: 1, most: 0 })],
  teachers: [model('teacher', 2), program({ errors: 0 })],
  tools: [
    python(),
    calculator(),
    textSearch({
      corpus: await textCorpus({
        path: '.cache/passages.sqlite',
        name: 'passages',
        licence: 'CC0-1.0',
        passages: jsonlPassages('tasks/passages.jsonl'),
      }),
    }),
  ],
  sandbox: bubblewrap(),
  checks: [
    ...[schema(), answer(), judge({ models: [model('judge')] }), reexecutes(), codeErrors(), noOpCode()],
    ...[thought(), grounded(), bypass(), consistency(), inventedObservation(), recrop(), repeatedCall()],
    ...[textLeak(), format(), language(), refusal(), truncated(), pii(), toolsUsed()],
  ],
  filters: [
    passed('schema', 'judge', 'reexecutes', 'no_op_code'),
    duplicates(),
    quotas({ by: 'category', counts: { perception: 2 } }),
    bestOf({ n: 1 }),
  ],
  exports: [hf(), rejected(), llamaFactory()],
  limits: { concurrency: 2, turns: 4, budgetUsd: 5 },
})
