// Your own tasks: a JSON Lines file with images beside it. TASKS names its folder, PASSAGES a text corpus to search.
//   TASKS=path/to/folder npm run kindling -- run examples/own-tasks.config.ts
import { basename, join, resolve } from 'node:path'
import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { codeErrors } from 'kindling/checks/code-errors'
import { noOpCode } from 'kindling/checks/no-op-code'
import { reexecutes } from 'kindling/checks/reexecutes'
import { schema } from 'kindling/checks/schema'
import { signals } from 'kindling/checks/signals'
import { thought } from 'kindling/checks/thought'
import { passed } from 'kindling/filters/passed'
import { usedTools } from 'kindling/filters/used-tools'
import { deepEyesSft } from 'kindling/output/deepeyes-sft'
import { hf } from 'kindling/output/hf'
import { llamaFactory } from 'kindling/output/llama-factory'
import { rejected } from 'kindling/output/rejected'
import { bubblewrap } from 'kindling/sandbox/bubblewrap'
import { jsonl } from 'kindling/tasks/jsonl'
import { program } from 'kindling/teachers/program'
import { imageSearch } from 'kindling/tools/image-search'
import { jsonlPassages } from 'kindling/tools/passages'
import { python } from 'kindling/tools/python'
import { textCorpus } from 'kindling/tools/text-corpus'
import { textSearch } from 'kindling/tools/text-search'
import { flagCorpus } from './demo/flags.ts'

const { TASKS, PASSAGES, RUNS: output = '../runs' } = process.env
/** What the command line names begins in the working folder, what a config names in the config's. */
const folder = TASKS ? resolve(TASKS) : 'own-tasks'

const search = async (file: string) => [
  imageSearch({ corpus: await flagCorpus({ path: '../.cache/flags.sqlite' }) }),
  textSearch({
    corpus: await textCorpus({
      path: `../.cache/${basename(folder)}.sqlite`,
      name: 'passages',
      licence: 'see the corpus',
      passages: jsonlPassages(file),
    }),
  }),
]

export default defineConfig({
  name: basename(folder),
  output,
  tasks: jsonl(join(folder, 'tasks.jsonl'), {
    fields: {
      id: 'id',
      question: 'question',
      images: 'image',
      choices: 'choices',
      answer: 'answer',
      answerType: { field: 'answer_type', values: { multi_choice: 'choice' } },
      category: 'category',
      meta: 'meta',
    },
    source: { name: basename(folder), licence: 'see the folder' },
  }),
  teachers: [program({ errors: 0 })],
  tools: [python(), ...(PASSAGES ? await search(resolve(PASSAGES)) : [])],
  sandbox: bubblewrap(),
  checks: [schema(), answer(), reexecutes(), codeErrors(), noOpCode(), thought(), signals()],
  filters: [passed(), usedTools({ min: 1 })],
  exports: [hf(), llamaFactory(), deepEyesSft(), rejected()],
  limits: { concurrency: 3 },
})
