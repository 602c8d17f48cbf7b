import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { detectFormat, formatNames, formats, readAs, rolloutsIn } from '../../rollouts/detect.ts'
import type { PlainRow } from '../../rollouts/row.ts'
import type { InputError } from '../../schemas/input-error.ts'
import { png } from '../fixtures.ts'
import { storyFolder } from './story.ts'
import { zipOf } from './zip.ts'

const user = { role: 'user', content: 'How wide is it?' }
const said = (content: unknown, more: object = {}) => ({ role: 'assistant', content, ...more })
const human = { from: 'human', value: 'How wide is it?' }
const gpt = (value: string) => ({ from: 'gpt', value })
const reply = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: '8' }] }
const plain = { messages: [user, said('<answer>8</answer>')] }

/** Rows by the format that they are told for. */
const table: [string, object[]][] = [
  ['kindling', [{ schema_version: 1, trajectory: [], facts: '[]' }]],
  ['atif', [{ schema_version: 'ATIF-v1.7', agent: {}, steps: [] }]],
  ['verifiers', [{ id: 'a', traces: [{ nodes: [] }] }]],
  ['open_think', [{ conversations: [human, gpt('{"thought": "Hm.", "actions": []}')] }]],
  ['open_search', [{ conversations: [human, gpt('<response>8</response>')] }]],
  [
    'open_search',
    [{ conversations: [human, gpt('Hm.')] }, { conversations: [human, gpt('<response>8</response>')] }],
  ],
  ['share_gpt', [{ conversations: [human, gpt('<answer>8</answer>')] }]],
  ['pixel_reasoner', [{ message_list: [{ role: 'user', content: [{ text: 'How?' }] }] }]],
  ['thyme', [{ image: [], question: 'How?', response: '<think>So.</think>' }]],
  ['ms_swift', [{ messages: [user, { role: 'tool_call', content: '{}' }] }, plain]],
  [
    'anthropic_messages',
    [{ messages: [user, said([{ type: 'tool_use', id: 'a', name: 'b', input: {} }])] }, plain],
  ],
  ['deepeyes_sft', [{ messages: [user, said('<code>1</code>')] }, plain]],
  ['deepeyes_sft', [{ messages: [user, said('<tool_call>{"name": "image_search"}</tool_call>')] }]],
  ['openai_messages', [{ messages: [user, said(null, { tool_calls: [] }), { role: 'tool', content: 'x' }] }]],
  ['openai_messages', [{ prompt: [user], completion: [said('8')] }]],
  [
    'openai_messages',
    [
      { messages: [user, said('<tool_call>{"name": "python", "arguments": {"code": "1"}}</tool_call>')] },
      plain,
    ],
  ],
  ['inspect_log', [{ version: 2, eval: { model: 'theirs' }, samples: [] }]],
  ['openai_responses', [{ input: 'How wide is it?', output: [reply] }]],
  ['openai_responses', [{ messages: [user, { type: 'function_call', name: 'a' }, said('8')] }]],
  ['openai_responses', [{ input: [user], output: [{ type: 'custom_tool_call_output', output: '8' }] }]],
  ['nemo_gym', [{ responses_create_params: { input: [user] }, response: { output: [reply] }, reward: 1 }]],
  ['adp', [{ id: 'a', content: [{ class_: 'text_observation', source: 'user', content: 'How?' }] }]],
  [
    'agent_sessions',
    [
      { type: 'summary', summary: 'x' },
      { type: 'user', uuid: 'a', sessionId: 's', message: user },
      { type: 'assistant', uuid: 'b', sessionId: 's', message: said('8') },
    ],
  ],
  [
    'agent_sessions',
    [
      { type: 'session_meta', payload: {} },
      { type: 'response_item', payload: {} },
    ],
  ],
  [
    'agent_sessions',
    [
      { type: 'session', harness: 'a', id: 's' },
      { type: 'message', message: user },
    ],
  ],
]

test.each(table)('tells %s', async (name, rows) => {
  await using folder = await storyFolder()
  expect(await detectFormat(await folder.rows('rows.jsonl', rows))).toMatchObject({
    kind: 'format',
    name,
    of: rows.length,
  })
})

/** The same rows, as others write them. */
const otherShapes: [how: string, name: string, text: (rows: object[]) => string][] = [
  [
    'with conversations as JSON text',
    'rows.jsonl',
    rows =>
      rows
        .map(row =>
          JSON.stringify(row, (_, value) => (isConversation(value) ? JSON.stringify(value) : value)),
        )
        .join('\n'),
  ],
  ['in a document that names them', 'rows.json', rows => JSON.stringify({ version: 1, data: rows })],
]
const isConversation = (value: unknown) =>
  Array.isArray(value) && value.some(each => each?.role || each?.from || each?.nodes)

test.each(otherShapes)('rows %s are told as they are', async (_, name, text) => {
  for (const [format, rows] of table) {
    // What Responses have as items is told apart from texts by being none.
    if (rows.some(row => 'input' in row || 'responses_create_params' in row)) continue
    await using folder = await storyFolder()
    await writeFile(join(folder.path, name), text(rows))
    expect(await detectFormat(join(folder.path, name)), text(rows)).toMatchObject({ name: format })
  }
})

test('rows are told for their own format and for no other', () => {
  const confused = table.map(([name, rows]) => [
    name,
    formatNames.filter(other => rows.some(row => formats[other].is(row as PlainRow))),
  ])
  // Replies without a call are those of the plain format that the richer one is told from.
  const plainer: { [name: string]: string } = { open_search: 'share_gpt' }
  for (const [name, found] of confused)
    expect(
      (found as string[]).filter(each => each !== 'openai_messages' && each !== plainer[String(name)]),
      String(name),
    ).toEqual(name === 'openai_messages' ? [] : [name])
})

/** Rows that lack what their format is known by. */
const near: [what: string, row: object][] = [
  ['steps of another schema', { schema_version: 'v1.7', steps: [] }],
  ['traces without nodes', { id: 'a', traces: [{ messages: [] }] }],
  ['an empty conversation', { conversations: [] }],
  ['a question and a plain response', { question: 'How wide?', response: 'It is 8 pixels wide.' }],
  ['messages in which only a user speaks', { messages: [user] }],
  ['content without classes', { id: 'a', content: [{ type: 'text', text: 'a' }] }],
  ['a session of no harness', { type: 'session', id: 's' }],
  ['an event of no session', { type: 'user', uuid: 'a', message: user }],
  ['a payload of another type', { type: 'click', payload: {} }],
  ['input and output of something else', { input: 'a', output: [{ text: 'b' }] }],
  ['a response without what was asked', { response: { output: [reply] } }],
]

test.each(near)('%s: no format is told', async (_, row) => {
  await using folder = await storyFolder()
  const file = await folder.rows('rows.jsonl', [row])
  expect(await detectFormat(file)).toMatchObject({ kind: 'unknown' })
  const refusal = await readAs(file).catch((error: InputError) => error.message)
  expect(refusal).toMatch(/^\S+rows.jsonl: no format that is known has the columns [^\n]+$/)
  for (const seen of [...Object.keys(row), ...formatNames]) expect(refusal).toContain(seen)
})

test.each<[what: string, name: string, bytes: string | Buffer, line: RegExp]>([
  ['a table', 'a.csv', 'question,answer\nHow wide?,8\n', /a\.csv: is CSV/],
  ['a picture', 'a.png', await png(4, 4), /a\.png: is a picture/],
  ['words', 'a.txt', 'How wide is it?\n', /a\.txt:1: is not JSON/],
  ['a page', 'a.html', '<!doctype html><title>Log in</title>', /a\.html: is a page of HTML/],
  ['another zip', 'a.zip', zipOf([['a.txt', 'x']], 'stored'), /a\.zip: is zip/],
  ['an empty file', 'a.jsonl', '', /a\.jsonl: there is no row/],
])('%s is refused in a line that names it', async (_, name, bytes, line) => {
  await using folder = await storyFolder()
  const file = join(folder.path, name)
  await writeFile(file, bytes)
  const refusal = await readAs(file).catch((error: InputError) => error.message)
  expect(refusal).toMatch(line)
  expect(refusal).toMatch(/^[^\n]+ \(what is read: Parquet, JSON, JSON Lines, [^\n]+$/)
})

test('every format has its row', () => {
  expect(new Set(table.map(([name]) => name))).toEqual(new Set(formatNames))
})

test.each<[string, object[], object]>([
  [
    'an RL pool is tasks',
    [{ prompt: [user], images: [], reward_model: { ground_truth: '8' } }],
    { kind: 'tasks', rows: 1 },
  ],
  [
    'what NeMo Gym is still to be asked is tasks',
    [{ responses_create_params: { input: [user] }, expected_answer: '8' }],
    { kind: 'tasks', rows: 1 },
  ],
  ['what nothing is known by', [{ first: 1, second: 2 }], { kind: 'unknown', fields: ['first', 'second'] }],
  [
    'two at once',
    [{ conversations: [human, gpt('8')] }, { message_list: [{}] }],
    { kind: 'several', names: ['share_gpt', 'pixel_reasoner'] },
  ],
  ['no row at all', [], { kind: 'none' }],
])('%s: that is said', async (_, rows, expected) => {
  await using folder = await storyFolder()
  expect(await detectFormat(await folder.rows('rows.jsonl', rows))).toMatchObject(expected)
})

const bare = [user, said('<answer>8</answer>')]
const inspected = { version: 2, eval: { model: 'theirs' }, samples: [{ messages: bare }] }
const json = (value: unknown) => JSON.stringify(value, null, 2)
const jsonl = (...rows: unknown[]) => rows.map(row => `${JSON.stringify(row)}\n`).join('')
const shared = jsonl({ conversations: [human, gpt('8')] })
const evaluated = zipOf([['header.json', '{}']], 'zstd')

/** Files of a folder by their names, and the formats that they are told to be in. */
const folders: [what: string, files: Record<string, string | Buffer>, told: { [format: string]: string }][] =
  [
    ['a log and its document', { 'a.eval': evaluated, 'b.json': json(inspected) }, { inspect_log: '' }],
    ['a log beside other files', { 'a.eval': evaluated, 'b.json': json({ note: 1 }) }, { inspect_log: '' }],
    [
      'files without rows that are known',
      { 'a.jsonl': shared, 'b.json': json({ note: 1 }) },
      { share_gpt: '' },
    ],
    ['a list of messages', { 'a.json': json(bare) }, { openai_messages: '' }],
    ['messages, one a line', { 'a.jsonl': jsonl(...bare) }, { openai_messages: '' }],
    [
      'replies with and without a call',
      { 'a.jsonl': jsonl(plain), 'b.jsonl': jsonl({ messages: [user, said('<code>1</code>')] }) },
      { deepeyes_sft: '' },
    ],
    [
      'two formats',
      { 'a.eval': evaluated, 'b.jsonl': shared },
      { inspect_log: 'a.eval', share_gpt: 'b.jsonl' },
    ],
    [
      'three formats, each in a folder, of which one has many more rows',
      {
        'a/1.jsonl': shared.repeat(30),
        'a/2.jsonl': shared,
        'b/1.json': json({ schema_version: 'ATIF-v1.7', steps: [] }),
        'c/1.json': json(bare),
        'c/2.jsonl': jsonl(...bare),
      },
      { share_gpt: 'a/*.jsonl', atif: 'b/1.json', openai_messages: 'c/1.json and 1 more' },
    ],
  ]

test.each(folders)('a folder of %s: each format is told', async (_, files, told) => {
  await using folder = await storyFolder()
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder.path, name)), { recursive: true })
    await writeFile(join(folder.path, name), bytes)
  }
  const [only, ...others] = Object.keys(told)
  const said = await readAs(folder.path).catch((error: InputError) => error.lines)
  if (others.length === 0) expect(said).toMatchObject({ format: only })
  else {
    const places = Object.entries(told).map(([name, place]) => `${folder.path}/${place}: ${name}`)
    const count = `its files are in ${places.length} formats`
    expect(said).toEqual([expect.stringContaining(count), ...places])
  }
})

test.each<[what: string, bytes: string, read: object[]]>([
  ['is one rollout', json(bare), [{ kind: 'conversation', answer: '8' }]],
  [
    'with a message that is none costs itself',
    json([...bare, 8]),
    [{ problem: expect.stringMatching(/; /) }],
  ],
])('a list of messages %s', async (_, bytes, read) => {
  await using folder = await storyFolder()
  const file = join(folder.path, 'a.json')
  await writeFile(file, bytes)
  expect(await Array.fromAsync(formats.openai_messages.make(file, {}).read())).toMatchObject(read)
})

test('files of any format are read without a word of which', async () => {
  await using folder = await storyFolder()
  const conversations = [human, gpt('<answer>8</answer>')]
  const source = await rolloutsIn(await folder.rows('a.jsonl', [{ conversations }]), { licence: 'CC0-1.0' })
  expect(source.name).toBe('share_gpt')
  expect(await Array.fromAsync(source.read())).toMatchObject([
    { answer: '8', source: { licence: 'CC0-1.0' } },
  ])
  const named = await rolloutsIn(await folder.rows('b.jsonl', [{ conversations }]), { format: 'open_search' })
  expect(named.name).toBe('open_search')
  await expect(rolloutsIn(await folder.rows('c.jsonl', [{ a: 1 }]))).rejects.toThrow('has the columns a')
})

test('a path at which there is nothing is said', async () => {
  expect(await detectFormat('/nowhere/at/all')).toMatchObject({
    kind: 'none',
    problem: expect.stringContaining('no file'),
  })
})
