import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decontaminated } from '../../filters/decontaminated.ts'
import { prompt } from '../../prompts/prompt.ts'
import { beginPathsIn, fromConfig } from '../../schemas/config-folder.ts'
import { jsonl } from '../../tasks/jsonl.ts'
import { markdownPassages } from '../../tools/corpus/markdown-passages.ts'
import { jsonlPassages } from '../../tools/corpus/passages.ts'
import { textCorpus } from '../../tools/corpus/text-corpus.ts'
import { leakGuard } from '../../tools/leak-guard.ts'
import { temporaryFolder } from '../fixtures.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
const said: string[] = []

beforeAll(async () => {
  folder = await temporaryFolder()
  beginPathsIn(folder.path, message => said.push(message))
  const write = (name: string, text: string) => writeFile(join(folder.path, name), text)
  await mkdir(join(folder.path, 'notes'))
  await write('notes/a.md', '# Ships\nThey float.')
  await write('mine.md', 'Look.')
  await write('rows.jsonl', '{"id":"a","question":"Why is it so?","answer":"b","title":"t","text":"x"}')
})
afterAll(() => folder[Symbol.asyncDispose]())

const source = { name: 'own', licence: 'CC0-1.0' }
const fields = { id: 'id', question: 'question', answer: 'answer', images: { value: null } }
const passages = () => jsonlPassages('rows.jsonl')

const opened: [string, () => unknown][] = [
  ['tasks', () => Array.fromAsync(jsonl('rows.jsonl', { fields, source, rest: 'ignore' }).read())],
  ['tasks by a pattern', () => Array.fromAsync(jsonl('r*.jsonl', { fields, source, rest: 'ignore' }).read())],
  ['a prompt', () => prompt('mine', 'mine.md').template],
  ['passages', () => Array.fromAsync(passages())],
  ['Markdown', () => Array.fromAsync(markdownPassages('notes'))],
  ['benchmarks of a leak guard', () => leakGuard({ benchmarks: ['rows.jsonl'] })],
  ['benchmarks of a selector', () => decontaminated({ benchmarks: 'rows.jsonl' }).ready?.()],
]

test.each(opened)('%s are found in the config’s folder, and not elsewhere', async (_, open) => {
  beginPathsIn(folder.path, message => said.push(message))
  const found = await open()
  expect(JSON.stringify(found ?? '')).not.toContain('"problem"')
  beginPathsIn(join(folder.path, 'notes'), message => said.push(message))
  const lost = await Promise.resolve()
    .then(open)
    .catch(() => '"problem"')
  expect(JSON.stringify(lost ?? '')).toContain('problem')
  expect(said).toEqual([])
})

test('an index is made in the config’s folder', async () => {
  beginPathsIn(folder.path, message => said.push(message))
  const corpus = await textCorpus({
    path: 'index/own.sqlite',
    name: 'own',
    licence: 'CC0-1.0',
    passages: passages(),
  })
  await corpus.close?.()
  expect(existsSync(join(folder.path, 'index/own.sqlite'))).toBe(true)
})

test('what is there from the working folder only is taken from there, with one warning', async () => {
  beginPathsIn(folder.path, message => said.push(message))
  for (const _ of [1, 2]) expect(fromConfig('examples/demo.config.ts')).toBe('examples/demo.config.ts')
  expect(fromConfig('not-there')).toBe(join(folder.path, 'not-there'))
  expect(said).toEqual([
    expect.stringMatching(
      /^examples\/demo\.config\.ts is taken from the working folder, .*: write \.\.\/.*\/examples\/demo\.config\.ts$/,
    ),
  ])
})
