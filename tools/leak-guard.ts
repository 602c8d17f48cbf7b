import { createHash } from 'node:crypto'
import Type, { type Static } from 'typebox'
import { fromConfig } from '../schemas/config-folder.ts'
import { InputError } from '../schemas/input-error.ts'
import { textsIn } from '../schemas/json.ts'
import { closed, filledText, readOptions } from '../schemas/options.ts'
import type { Task } from '../schemas/task.ts'

import { plainOf } from '../tasks/field-values.ts'
import { namedFields } from '../tasks/fields.ts'

import { jsonlRows } from '../tasks/jsonl.ts'
import { gramsOf } from '../words/shingles.ts'
import { holdsWords, wordsIn } from '../words/words.ts'
import type { LeakGuard } from './leaks.ts'

/** A shorter question is everywhere. */
const fewestWords = 4

export const LeakGuardOptions = closed({
  /** Hosts, with all below them, that nothing is shown of. Those that data sets are kept at by default. */
  domains: Type.Optional(Type.Immutable(Type.Array(filledText))),
  /** Files with one JSON object a line whose questions are not shown. */
  benchmarks: Type.Optional(Type.Immutable(Type.Array(filledText))),
  /** Where their questions are. `question` by default. */
  fields: Type.Optional(Type.Immutable(Type.Array(filledText))),
  /** Words in a row that are one text's own: what shares so many with a question holds it. 8 by default. */
  ngram: Type.Optional(Type.Integer({ minimum: fewestWords })),
})
export type LeakGuardOptions = Static<typeof LeakGuardOptions>

const dataSetHosts = ['huggingface.co', 'hf.co', 'hf-mirror.com', 'modelscope.cn', 'kaggle.com']

/**
 * A guard that removes search results which give a task or a benchmark away. It removes what comes from one of the
 * domains or from the host of the task's own source, and what shares `ngram` words in a row with the task's question or
 * one of the benchmarks. A question of fewer words counts only if a result has all of it, in order, and the answer too.
 * A result that has only the answer is shown: finding it is what a search is for. Throws InputError for an entry that
 * is no domain and for a file that cannot be read or has no such fields.
 */
export async function leakGuard(given: LeakGuardOptions = {}): Promise<LeakGuard> {
  const options = readOptions('leakGuard', LeakGuardOptions, given)
  const { domains = dataSetHosts, benchmarks = [], fields = ['question'], ngram = 8 } = options
  for (const domain of domains) refuseNoDomain(domain)
  const { known, hashes } = await gramsIn(benchmarks, fields, ngram)
  return {
    name: 'leak_guard',
    options: { domains: [...domains], benchmarks: hashes, fields: [...fields], ngram },
    judge(task) {
      const hosts = [...domains, ...hostsIn(task.source.url)]
      const holdsQuestion = questionFinder(task, ngram)
      const isOfHosts = (data: unknown) =>
        hostsIn(data).some(host => hosts.some(domain => isBelow(host, domain)))
      return {
        query: asked => (isOfHosts(asked) ? 'host' : null),
        result(found) {
          if (isOfHosts(found)) return 'host'
          const texts = textsIn(found).map(text => wordsIn(text, 'quotation'))
          if (holdsQuestion(texts)) return 'question'
          return shares(texts, known, ngram) ? 'benchmark' : null
        },
      }
    },
  }
}

/** The word runs by which questions of benchmarks are known, and a hash of each benchmark's questions. */
async function gramsIn(files: readonly string[], fields: readonly string[], ngram: number) {
  const known = new Set<string>()
  const hashes: string[] = []
  for (const file of files) {
    const hash = createHash('sha256')
    for await (const text of questionsIn(file, fields)) {
      hash.update(`${JSON.stringify(text)}\n`)
      for (const gram of gramsOf(wordsIn(text, 'quotation'), ngram)) known.add(gram)
    }
    hashes.push(hash.digest('hex'))
  }
  return { known, hashes }
}

const shares = (texts: string[][], grams: ReadonlySet<string>, length: number): boolean =>
  grams.size > 0 && texts.some(words => gramsOf(words, length).some(gram => grams.has(gram)))

function questionFinder({ question, answer }: Task, ngram: number): (texts: string[][]) => boolean {
  const asked = wordsIn(question, 'quotation')
  const grams = new Set(gramsOf(asked, ngram))
  if (grams.size > 0) return texts => shares(texts, grams, ngram)
  if (asked.length < fewestWords) return () => false
  const answered = wordsIn(answer, 'quotation')
  return texts => [asked, answered].every(wanted => texts.some(words => holdsWords(words, wanted)))
}

/** The hosts of strings that are addresses as a whole; an address inside a text is no origin. */
const hostsIn = (data: unknown): string[] =>
  textsIn(data).flatMap(text => {
    const url = /^https?:/i.test(text) ? URL.parse(text) : null
    return url ? [url.hostname.replace(/\.$/, '')] : []
  })

const isBelow = (host: string, domain: string) => `.${host}`.endsWith(`.${domain.toLowerCase()}`)

function refuseNoDomain(domain: string) {
  if (/^[a-z\d-]+(\.[a-z\d-]+)*$/i.test(domain)) return
  throw new InputError([`leakGuard: ${domain} is no domain; give one such as huggingface.co`])
}

async function* questionsIn(file: string, fields: readonly string[]): AsyncGenerator<string> {
  let found = false
  const seen = new Set<string>()
  for await (const entry of jsonlRows({ path: fromConfig(file), shown: file })) {
    if ('problem' in entry) throw new InputError([`${entry.place}: ${entry.problem}`])
    const { row } = entry
    for (const name of Object.keys(row)) seen.add(name)
    for (const text of fields.flatMap(field => textsIn(plainOf(row[field])))) {
      found = true
      yield text
    }
  }
  if (!found)
    throw new InputError([`${file}: no line has a text in ${fields.join(', ')}; ${namedFields([...seen])}`])
}
