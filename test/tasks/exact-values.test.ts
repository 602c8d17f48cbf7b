import { expect, test } from 'vitest'
import type { AnswerIs } from '../../tasks/choices.ts'
import { jsonl } from '../../tasks/jsonl.ts'
import { draftsOf, folderWithImage, refusal, source, takeIn } from './files.ts'

const fields = { id: 'id', question: 'q', images: { value: 'a.png' }, answer: 'a' }

/** What becomes of a number in JSON: as a text (an answer, an id, a choice), and in `meta`. */
const numbers: [written: string, text: string, meta: unknown][] = [
  ['1.10', '1.10', 1.1],
  ['0.57', '0.57', 0.57],
  ['3.0', '3.0', 3],
  ['1E5', '1E5', 100_000],
  ['9007199254740991', '9007199254740991', 9_007_199_254_740_991],
  ['9007199254740992', '9007199254740992', '9007199254740992'],
  ['9007199254740993', '9007199254740993', '9007199254740993'],
  ['12345678901234567890', '12345678901234567890', '12345678901234567890'],
  ['12345678901234567000', '12345678901234567000', '12345678901234567000'],
  ['1234567890123456.78', '1234567890123456.78', '1234567890123456.78'],
  ['0.1234567890123456789', '0.1234567890123456789', '0.1234567890123456789'],
  ['1e400', '1e400', '1e400'],
  ['-1e400', '-1e400', '-1e400'],
  ['1e-400', '1e-400', '1e-400'],
  ['-0', '-0', '-0'],
  ['-0.0', '-0.0', '-0.0'],
]

test.each(numbers)(
  'the number %s in JSON Lines is the text %s and in meta %j',
  async (written, text, meta) => {
    await using folder = await folderWithImage()
    const line = `{"id":${written},"q":"?","a":${written},"c":[${written},"x"],"t":${written},"m":{"n":[${written}]}}`
    const file = await folder.write('tasks.jsonl', line)
    const mapped = { ...fields, choices: 'c', category: 't', meta: 'm' }
    const [draft] = await draftsOf(jsonl(file, { fields: mapped, source, rest: 'ignore' }))
    expect(draft).toMatchObject({ id: text, answer: text, choices: [text, 'x'], category: text })
    const { tasks } = await takeIn([jsonl(file, { fields: mapped, source, rest: 'ignore' })])
    expect(tasks[0]?.meta).toEqual({ n: [meta] })
  },
)

test('a number is a number where one is used, however it is written', async () => {
  await using folder = await folderWithImage()
  const file = await folder.write('tasks.jsonl', '{"id":1,"q":"?","a":1.10,"t":0.10,"level":1.0}')
  const category = { field: 'level', values: { 1: 'easy' } }
  const mapped = { ...fields, tolerance: 't', category }
  const [draft] = await draftsOf(jsonl(file, { fields: mapped, source }))
  expect(draft).toMatchObject({ answer: '1.10', tolerance: 0.1, category: 'easy' })
})

const alike: [written: string, answerIs: AnswerIs | undefined, answer: string][] = [
  ['"c":[10,20],"a":20.0', undefined, '20'],
  ['"c":[1.5,2.50],"a":2.5', undefined, '2.50'],
  ['"c":["red","blue"],"a":1.0', 'index', 'blue'],
  ['"c":["red","blue"],"a":1.0', { index: 1 }, 'red'],
]

test.each(alike)('a choice is known by its number, too: %s', async (written, answerIs, answer) => {
  await using folder = await folderWithImage()
  const file = await folder.write('tasks.jsonl', `{"id":1,"q":"?",${written}}`)
  const options = { fields: { ...fields, choices: 'c' }, source, ...(answerIs && { answerIs }) }
  expect(await draftsOf(jsonl(file, options))).toMatchObject([{ answer }])
})

const refused: [title: string, line: string, said: string][] = [
  ['a key twice', '{"id":"b","q":"one","q":"two","a":"x"}', 'has the key "q" twice; keep one of them'],
  [
    'a key twice within another',
    '{"id":"b","q":"?","a":"x","m":{"n":[{"k":1,"k":1}]}}',
    'has the key "m.n.k" twice; keep one of them',
  ],
  [
    'ten thousand levels',
    `{"id":"b","q":"?","a":"x","m":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    'is nested deeper than 1000 levels; make it flatter',
  ],
  [
    'a number as question',
    '{"id":"b","q":1.10,"a":"x"}',
    'question: is 1.10, not text; correct the row or map another field',
  ],
  ['a line that is a number', '1.10', 'is not a JSON object; put one object on each line'],
]

test.each(refused)('%s is refused by row, and the rows after it are read', async (_, line, said) => {
  await using folder = await folderWithImage()
  const file = await folder.write(
    'tasks.jsonl',
    `{"id":"a","q":"?","a":"x"}\n${line}\n{"id":"c","q":"","a":"x"}`,
  )
  const options = { fields, source, rest: 'ignore' as const }
  expect(await refusal([jsonl(file, options)], folder.path)).toEqual([
    `tasks.jsonl:2: ${said}`,
    'tasks.jsonl:3: question: is empty; write the question or remove the row',
  ])
})

test('meta is as deep as may be, and no deeper, whatever the source', async () => {
  await using folder = await folderWithImage()
  const nested = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)
  const own = (levels: number) => ({
    name: 'own',
    options: {},
    async *read() {
      const file = await folder.lines('one.jsonl', [{ id: 'a', q: '?', a: 'x' }])
      for (const draft of await draftsOf(jsonl(file, { fields, source })))
        yield 'problem' in draft ? draft : { ...draft, meta: nested(levels) }
    },
  })
  expect((await takeIn([own(1000)])).tasks).toHaveLength(1)
  expect(await refusal([own(3000)], folder.path)).toEqual([
    'one.jsonl:1: meta: is nested deeper than 1000 levels; make it flatter',
  ])
})
