import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { InputError } from '../../schemas/input-error.ts'
import type { Task } from '../../schemas/task.ts'
import { leakGuard } from '../../tools/leak-guard.ts'
import type { Leak } from '../../tools/leaks.ts'
import { temporaryFolder, trajectory } from '../fixtures.ts'

const task = (changes: Partial<Task> = {}): Task => ({
  ...trajectory().task,
  question: 'Which of the four lakes on this old map has the largest surface today?',
  answer: 'Lake Victoria',
  source: { name: 'maps', licence: 'CC0-1.0', url: 'https://Maps.example.org/data/v1' },
  ...changes,
})

const short = task({ question: 'Which lake is largest?' })

const hit = (snippet: string, link?: string) => ({ title: 'A page', snippet, ...(link && { link }) })

const results: [string, Task, unknown, Leak | null][] = [
  ['only the answer', task(), hit('Lake Victoria is the largest lake of Africa.'), null],
  ['the question', task(), hit('which of the FOUR lakes, on this old map, has the most?'), 'question'],
  ['eight of its words', task(), hit('Map quiz: lakes on this old map has the largest'), 'question'],
  ['seven of its words', task(), hit('Map quiz: lakes on this old map has the'), null],
  [
    'its words in another order',
    task(),
    hit('today the largest surface has this old map of the four lakes'),
    null,
  ],
  ['the question in a title', task(), { title: task().question, snippet: '' }, 'question'],
  ['a page with the question', task(), { url: 'https://a.org/', text: `… ${task().question} …` }, 'question'],
  ['a short question and its answer', short, hit('Which lake is largest? Lake Victoria.'), 'question'],
  ['a short question alone', short, hit('Which lake is largest? That is disputed.'), null],
  ['a very short question', task({ question: 'Which lake?' }), hit('Which lake? Lake Victoria.'), null],
  ['a listed host', task(), hit('x', 'https://huggingface.co/datasets/x'), 'host'],
  ['a host below it', task(), hit('x', 'HTTPS://Datasets.HuggingFace.co./x'), 'host'],
  ['a host that only ends alike', task(), hit('x', 'https://nothuggingface.co/x'), null],
  ['the host in a path', task(), hit('x', 'https://a.org/huggingface.co'), null],
  ['the host in a text', task(), hit('See https://huggingface.co/datasets/x'), null],
  ['the task’s own source', task(), hit('x', 'https://maps.example.org/'), 'host'],
  ['another host of that domain', task(), hit('x', 'https://example.org/'), null],
  ['a question of a benchmark', task(), hit('One two three four five six seven eight nine.'), 'benchmark'],
  ['another field of a benchmark', task(), hit('a b c d e f g h i'), null],
  [
    'a question in Chinese',
    task({ question: '这张地图上哪个湖的面积最大？' }),
    hit('问：这张地图上哪个湖最大'),
    'question',
  ],
  ['nothing', task(), null, null],
]

const rows = [
  { question: 'Zero one two three four five six seven eight nine ten', context: 'a b c d e f g h i' },
  { question: 'Too short', context: '' },
]

async function benchmark(lines: unknown[]) {
  const folder = await temporaryFolder()
  const file = join(folder.path, 'bench.jsonl')
  await writeFile(
    file,
    lines.map(line => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  )
  return { file, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

test.each(results)('%s', async (_, about, found, leak) => {
  await using bench = await benchmark(rows)
  const guard = await leakGuard({ benchmarks: [bench.file] })
  expect(guard.judge(about).result(found)).toBe(leak)
})

test('an address of such a host is not asked for; words of the question are', async () => {
  const { query } = (await leakGuard()).judge(task())
  expect(query({ url: 'https://huggingface.co/datasets/x' })).toBe('host')
  expect(query({ query: task().question, top: 5 })).toBeNull()
})

test('its options say what it knows, whatever the file is called', async () => {
  await using one = await benchmark(rows)
  await using same = await benchmark(rows)
  await using other = await benchmark(rows.slice(0, 1))
  const [a, b, c] = await Promise.all(
    [one, same, other].map(async ({ file }) => (await leakGuard({ benchmarks: [file] })).options),
  )
  expect(a).toEqual(b)
  expect(a).not.toEqual(c)
})

test('other fields can be named', async () => {
  await using bench = await benchmark(rows)
  const guard = await leakGuard({ benchmarks: [bench.file], fields: ['context'] })
  expect(guard.judge(task()).result(hit('a b c d e f g h i'))).toBe('benchmark')
})

test.each([
  [{ domains: ['https://huggingface.co/'] }, /https:\/\/huggingface\.co\/ is no domain; give one such as/],
  [{ domains: ['*.kaggle.com'] }, /\*\.kaggle\.com is no domain/],
  [{ domains: [''] }, /domains\[0\] is ""; give a text/],
  [{ ngram: 3 }, /ngram is 3; give a whole number from 4/],
  [{ benchmarks: ['none.jsonl'] }, /^none\.jsonl: there is no such file/],
])('%o is refused', async (options, says) => {
  await expect(leakGuard(options)).rejects.toThrow(InputError)
  await expect(leakGuard(options)).rejects.toThrow(says)
})

test('a benchmark that cannot be compared is refused: by line, or by the fields it has', async () => {
  await using broken = await benchmark([rows[0], '{"question": '])
  await using other = await benchmark([{ prompt: 'x', answer: 'y' }])
  await expect(leakGuard({ benchmarks: [broken.file] })).rejects.toThrow(
    /bench\.jsonl:2: is not JSON .*; correct the line or remove it$/,
  )
  await expect(leakGuard({ benchmarks: [other.file] })).rejects.toThrow(
    /bench\.jsonl: no line has a text in question; the fields are prompt, answer$/,
  )
})
