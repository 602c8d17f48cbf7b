import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../schemas/json.ts'
import { story, storyFolder } from '../../rollouts/story.ts'
import { commandIn } from '../command.ts'

const hostile = '</pre><script>alert(1)</script>'

interface Told {
  id: string
  question?: string
  code?: string
  shown?: string
  final?: string
  images?: string[]
}

/** A rollout in ShareGPT that is right but for what is given. */
const row = ({ id, question, code, shown, final, images }: Told): JsonObject => ({
  id,
  conversations: [
    { from: 'human', value: `<image>\n${question ?? `${story.question} (${id})`}` },
    {
      from: 'function_call',
      value: `I measure it first.\n${JSON.stringify({ name: 'python', arguments: { code: code ?? `# ${id}\n${story.code}` } })}`,
    },
    { from: 'observation', value: shown ?? 'stdout:\n8\n\nImages: image_2 (4x4)\n<image>' },
    { from: 'gpt', value: final ?? 'It is 8 pixels wide.\n<answer>8</answer>' },
  ],
  images: images ?? ['a.png', 'b.png'],
})

/** What is wrong with a row, who says so, and by which word. */
const planted: [told: Told, by: string, reason: string][] = [
  [{ id: 'other result', shown: 'stdout:\n9\n\nImages: image_2 (4x4)\n<image>' }, 'repeats', 'differs'],
  [
    { id: 'call in words', final: 'I stop here <tool_call>.\n<answer>8</answer>' },
    'format',
    'marker_in_text',
  ],
]

async function audited(rows: readonly unknown[], ...options: string[]) {
  const folder = await storyFolder()
  await folder.rows('theirs.jsonl', rows)
  const done = await commandIn(folder.path, {}).kindling([
    'audit',
    'theirs.jsonl',
    '--to',
    'llamafactory',
    ...options,
  ])
  const run = join(folder.path, 'runs/audit-theirs.jsonl')
  return { ...done, run, [Symbol.asyncDispose]: folder[Symbol.asyncDispose] }
}

test('each planted fault is found in its row, rows without one are kept, and the status says that something was found', async () => {
  const right = [1, 2, 3].map(each => row({ id: `right ${each}` }))
  // One says which tool it was, by another name than it has here; of the others nobody says it.
  const named = JSON.parse(JSON.stringify(right[0]).replace('\\"python\\"', '\\"code_interpreter\\"'))
  right[0] = { ...named, tools: JSON.stringify([{ name: 'code_interpreter', parameters: {} }]) }
  const wrong = planted.map(([told]) => row(told))
  const unanswered = { ...row({ id: 'unanswered' }) }
  unanswered.conversations = (unanswered.conversations as JsonObject[]).slice(0, 3)
  const unread = { id: 'none', conversations: 'a secret word' }
  await using done = await audited([...right, ...wrong, unanswered, unread, right[0]], '--json')
  const result = JSON.parse(done.out.trim().split('\n').at(-1) ?? '')
  expect(done.code).toBe(11)
  expect(result).toMatchObject({ kind: 'result', status: 11, rows: 6, kept: 3, calls: { ran: 6, of: 6 } })
  const found = result.faults.map(({ by, reason, rows }: JsonObject) => [by, reason, rows])
  for (const [, by, reason] of planted) expect(found).toContainEqual([by, reason, 1])
  expect(found).toContainEqual(['reading', 'unread_row', 1])
  expect(found).toContainEqual(['reading', 'unanswered', 1])
  expect(JSON.stringify(result)).not.toContain('a secret word')
  const { targets } = JSON.parse(await readFile(join(done.run, 'export/manifest.json'), 'utf8'))
  expect(targets).toContainEqual(expect.objectContaining({ name: 'llamafactory', rows: 3, declined: {} }))
  const kept = await readFile(join(done.run, 'audit.txt'), 'utf8')
  expect(kept).toContain('read as share_gpt')
  expect(kept).toContain('answer: no_key')
  for (const part of ['export/tables/rows.parquet', 'export/llamafactory', 'export/hf', 'audit.html'])
    expect(existsSync(join(done.run, part))).toBe(true)
})

const opened = ['sk', 'ant', 'api03', 'q7Rk2Vb9Xw4Zt6Yp1Lm8Nd3Hs5Gf0JcQe'].join('-')

test('rows of others stay theirs without a thought in what is cured', async () => {
  const conversations = [
    { from: 'human', value: 'How much is 2 + 3?' },
    { from: 'gpt', value: '<answer>5</answer>' },
  ]
  const { run, err } = await audited([{ conversations }], '--to', 'llamafactory')
  const { targets } = JSON.parse(await readFile(join(run, 'export/manifest.json'), 'utf8'))
  expect(targets, err).toContainEqual(
    expect.objectContaining({ name: 'llamafactory', rows: 1, declined: {} }),
  )
})

test('a key that a result shows is found and repeated nowhere, and rollouts of one question are no duplicates', async () => {
  const question = `${story.question} Say it in pixels.`
  const siblings = [1, 2].map(each =>
    row({
      id: `sibling ${each}`,
      question,
      final: `${'ab'.repeat(each)} is how I count.\n<answer>8</answer>`,
    }),
  )
  const words = Array.from({ length: 40 }, (_, at) => 'abcdefgh'.repeat(9).slice(at, at + 1 + (at % 9)))
  const copies = ['', 'So '].map(first =>
    row({
      id: `copy ${first}`,
      code: story.code,
      question: 'How wide?',
      final: `${first}${words.join(' ')}.\n<answer>8</answer>`,
    }),
  )
  const shown = row({ id: 'shown', shown: `stdout:\n8 ${opened}\n\nImages: image_2 (4x4)\n<image>` })
  await using done = await audited([...siblings, ...copies, shown])
  const text = await readFile(join(done.run, 'audit.txt'), 'utf8')
  const page = await readFile(join(done.run, 'audit.html'), 'utf8')
  expect(text).toContain('secrets: anthropic_key  1 row; first theirs.jsonl:5: turn 1, observation')
  expect(text).toContain('repeats: differs  1 row')
  expect(text).toMatch(/code_errors, no_op_code, .*: no_record {2}1 row; first theirs.jsonl:5/)
  expect(text).toContain('duplicates: nearly_same_rollout  1 row')
  expect(`${text} ${page} ${done.out} ${done.err}`).not.toContain(opened.slice(12))
})

test('what a row says is text on the page', async () => {
  await using done = await audited([row({ id: hostile, shown: `stdout:\n${hostile}` })])
  expect(done.code).toBe(11)
  const page = await readFile(join(done.run, 'audit.html'), 'utf8')
  expect(page).not.toContain('<script')
  expect(page).toContain('&lt;script&gt;')
})

test('rows in which nothing is found end in status 0, and what was not looked at is told', async () => {
  await using done = await audited([row({ id: 'right' })])
  expect(done.code).toBe(0)
  expect(done.out).toContain('1 of 1 calls ran again (rows: same 1)')
  expect(done.out).toContain('answer: no_key  1 row')
})

test('what only rows of kindling have is told, and is no fault', async () => {
  const chat = {
    id: 'chat',
    conversations: [
      { from: 'human', value: '<image>\nWhat is it?' },
      { from: 'gpt', value: 'A red picture.' },
    ],
    images: ['a.png'],
  }
  await using done = await audited([chat])
  expect(done.code).toBe(0)
  expect(done.out).toContain('format: answer_tags  1 row')
  expect(done.out).toContain('1 rows without a fault that was found')
})

test('a column of right answers lets answers be judged', async () => {
  const rows = [row({ id: 'right' }), row({ id: 'wrong' })].map((each, index) => ({
    ...each,
    truth: `${8 + index}`,
  }))
  await using done = await audited(rows, '--answer', 'truth')
  expect(done.code).toBe(11)
  expect(done.out).toMatch(/answer: \w+ {2}1 row; first \S+:2: /)
})

test.each([
  ['a pool of tasks', [{ prompt: [], reward_model: { ground_truth: '8' } }], [], 'no model says anything'],
  ['rows of no format', [{ text: 'a' }], [], 'no format that is known has the columns text'],
  ['no row', [], [], 'theirs.jsonl'],
  ['a format of no such name', [row({ id: 'a' })], ['--format', 'sharegtp'], '--format sharegtp'],
  ['a profile of no such name', [row({ id: 'a' })], ['--profile', 'deepeye'], 'profile'],
  ['an export of no such name', [row({ id: 'a' })], ['--to', 'lamafactory'], '--to lamafactory'],
  ['half a row', [row({ id: 'a' })], ['--limit', '0.5'], '--limit 0.5'],
])('%s ends in one line before anything is run', async (_, rows, options, line) => {
  await using done = await audited(rows, ...options)
  expect(done.code).toBe(2)
  expect(done.err.trim().split('\n')).toHaveLength(1)
  expect(done.err).toContain(line)
  expect(existsSync(done.run)).toBe(false)
})

test('an export of kindling is read whole, kept rows and dropped ones', async () => {
  await using first = await audited([row({ id: 'right' }), row({ id: 'wrong', shown: 'stdout:\n9' })])
  const again = await commandIn(join(first.run, '../..'), {}).kindling([
    'audit',
    first.run,
    '--to',
    'hf',
    '--out',
    'again',
    '--json',
  ])
  const result = JSON.parse(again.out.trim().split('\n').at(-1) ?? '')
  expect(result).toMatchObject({ rows: 2, kept: 1 })
  expect(result.readAs).toContain('read as kindling')
})
