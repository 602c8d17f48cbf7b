import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { charts } from '../../examples/demo/charts.ts'
import { type DuplicateOptions, duplicates } from '../../filters/duplicates.ts'
import { selectorConformance } from '../conformance/selector.ts'
import { answerTurn, pythonTurn } from '../fixtures.ts'
import { kept, keyOf, type RowChanges, row, select } from './selecting.ts'

const seed = 20260101

async function chart(index: number): Promise<Buffer> {
  const drafts = await Array.fromAsync(charts({ seed, count: index + 1 }).read())
  const draft = drafts[index]
  const source = draft && 'images' in draft ? draft.images[0] : undefined
  if (!source || !('bytes' in source)) throw new Error(`there is no chart ${index}`)
  return Buffer.from(source.bytes)
}

const first = await chart(0)
const second = await chart(1)
const { width, height } = await sharp(first).metadata()
const cropped = await sharp(first)
  .extract({ left: 20, top: 10, width: Math.round(width * 0.8), height: Math.round(height * 0.8) })
  .flop()
  .jpeg({ quality: 50 })
  .toBuffer()
const images = [first, second, cropped]
const [a, b, crop] = await Promise.all([kept(first), kept(second), kept(cropped)])

const question =
  'What is the difference between the highest and the lowest value in the chart, in millions of people?'
const reworded = `Please tell: ${question.toLowerCase().replace(',', ' ')}`
const task = (changes: RowChanges['task'] = {}): RowChanges => ({
  task: { question, images: [a], answer: '8', ...changes },
})

const copies = [
  row('a', task()),
  row('b', task({ images: [crop], question: reworded })),
  row('c', task({ images: [b] })),
]

describe('duplicates', () => {
  selectorConformance({ selector: duplicates(), rows: copies, rejected: [keyOf('b')], images })
})

const same = 'same_image_and_question'
const nearly = 'nearly_same_image_and_question'

test.each<[by: NonNullable<DuplicateOptions['by']>, question: string, same: boolean]>([
  ['image+question', question, true],
  ['image', question, true],
  ['question', question, true],
  ['image+question', 'How many primes are below 100?', false],
  ['image', 'How many primes are below 100?', false],
])('rows without images are compared by their questions, by %s', async (by, other, same) => {
  const rows = [row('a', task({ images: [] })), row('b', task({ images: [], question: other }))]
  const { rejected } = await select(duplicates({ by }), rows, images)
  expect(rejected).toHaveLength(same ? 1 : 0)
})

test.each<[string, DuplicateOptions, RowChanges, string | null]>([
  ['the same picture and question', {}, task(), same],
  ['the same words in other case and spacing', {}, task({ question: `  ${question.toUpperCase()}` }), same],
  ['the same, whatever its answer', {}, task({ answer: '9' }), same],
  ['a part of the picture, mirrored', {}, task({ images: [crop] }), nearly],
  ['a part of it, with another answer', {}, task({ images: [crop], answer: '9' }), null],
  ['a reworded question', {}, task({ question: reworded }), nearly],
  ['a reworded question with another answer', {}, task({ question: reworded, answer: '9' }), null],
  [
    'another question about the picture',
    {},
    task({ question: 'Which country has the highest value?' }),
    null,
  ],
  ['the question about another picture', {}, task({ images: [b] }), null],
  ['one number is another', {}, task({ question: `${question} Since 1990.` }), null],
  ['an exact copy among other choices', {}, task({ choices: ['8', '9'] }), null],
  ['by image, another question', { by: 'image' }, task({ question: 'Which is lowest?' }), 'same_image'],
  ['by image, a part of it', { by: 'image' }, task({ images: [crop] }), 'nearly_same_image'],
  ['by image, another', { by: 'image' }, task({ images: [b] }), null],
  ['by question, another picture', { by: 'question' }, task({ images: [b] }), 'same_question'],
  ['by question, reworded', { by: 'question' }, task({ question: reworded }), 'nearly_same_question'],
  ['by question, a high threshold', { by: 'question', threshold: 1 }, task({ question: reworded }), null],
])('%s', async (_, options, changes, reason) => {
  const { rejected } = await select(duplicates(options), [row('a', task()), row('b', changes)], images)
  expect(rejected).toEqual(
    reason ? [{ key: keyOf('b'), reason, detail: `duplicate of a ${keyOf('a').slice(0, 12)}` }] : [],
  )
})

test('rows of one task stay together, and go together', async () => {
  const sample = (name: string, id: string, sample: number) =>
    row(name, { task: { ...task().task, id }, sample })
  const rows = [sample('a', 'one', 0), sample('b', 'one', 1), sample('c', 'two', 0), sample('d', 'two', 1)]
  const { rejected } = await select(duplicates(), rows, images)
  expect(rejected.map(({ key }) => key).sort()).toEqual([keyOf('c'), keyOf('d')])
})

test('the best stays, whatever the order of the keys', async () => {
  const worse = row('a', { ...task(), turns: [pythonTurn(), pythonTurn(), answerTurn('8')] })
  const rows = [worse, row('b', task())]
  const gone = async (options: DuplicateOptions) =>
    (await select(duplicates(options), rows, images)).rejected.map(({ key }) => key)
  expect(await gone({})).toEqual([keyOf('a')])
  expect(await gone({ prefer: ['most_turns'] })).toEqual([keyOf('b')])
})

const python = (...codes: string[]) => [...codes.map(code => pythonTurn({ code })), answerTurn('8')]
const one = (turns: RowChanges['turns']): RowChanges => ({ task: { id: 'one' }, ...(turns && { turns }) })

test.each<[string, RowChanges, boolean]>([
  ['the same calls', one(python('x = 1', 'print(x)')), true],
  ['other spaces and comments', one(python('x=1  # one\n\n', '# show\nprint( x )')), true],
  ['all in one call', one(python('x = 1\nprint(x)')), false],
  ['another order', one(python('print(x)', 'x = 1')), false],
  ['a space in a string', one(python('x = 1', 'print( "x")')), false],
  ['the same for another task', { task: { id: 'two' }, turns: python('x = 1', 'print(x)') }, false],
])('by calls: %s', async (_, changes, isDuplicate) => {
  const rows = [row('a', one(python('x = 1', 'print(x)'))), row('b', changes)]
  const { rejected } = await select(duplicates({ by: 'calls', prefer: [] }), rows)
  expect(rejected.map(({ key, reason }) => [key, reason])).toEqual(
    isDuplicate ? [[keyOf('b'), 'same_calls']] : [],
  )
})

test('by calls, those without any are compared by their words', async () => {
  const says = (text: string) => one([{ ...answerTurn('8'), reply: { ...answerTurn('8').reply, text } }])
  const rows = [row('a', says('It is 8.')), row('b', says('it is  8')), row('c', says('It is 9.'))]
  const { rejected } = await select(duplicates({ by: 'calls', prefer: [] }), rows)
  expect(rejected.map(({ key }) => key)).toEqual([keyOf('b')])
})

test('by conversation, rows of any task are compared', async () => {
  const long = Array.from({ length: 80 }, (_, index) => `word${index}`).join(' ')
  const talk = (id: string, text: string): RowChanges => ({
    task: { id },
    turns: [pythonTurn({}, text), answerTurn('8')],
  })
  const rows = [
    row('a', talk('one', long)),
    row('b', talk('two', `${long} so`)),
    row('c', talk('three', 'Else.')),
  ]
  const { rejected } = await select(duplicates({ by: 'conversation', prefer: [] }), rows)
  expect(rejected.map(({ key, reason }) => [key, reason])).toEqual([[keyOf('b'), 'nearly_same_conversation']])
})

const letter = (index: number) => String.fromCharCode(97 + index)
const spelled = Array.from({ length: 80 }, (_, index) => letter(index % 26) + letter((index * 7) % 25)).join(
  ' ',
)
const says = (text: string, changes: RowChanges = task()): RowChanges => ({
  ...changes,
  turns: [pythonTurn({}, text), answerTurn('8')],
})

test.each<[string, RowChanges, string | null]>([
  ['the same words, to the same question', says(spelled), 'same_rollout'],
  ['nearly the same words', says(`${spelled} so`), 'nearly_same_rollout'],
  ['a cropped picture', says(spelled, task({ images: [crop] })), 'nearly_same_rollout'],
  ['another rollout of the same question', says('I see it at once.'), null],
  ['the same words to another picture', says(spelled, task({ images: [b] })), null],
  ['the same words to another question', says(spelled, task({ question: 'Which is lowest?' })), null],
  ['another number', says(`${spelled} 7`), null],
])('by rollout: %s', async (_, changes, reason) => {
  const rows = [row('a', says(spelled)), row('b', changes)]
  const { rejected } = await select(duplicates({ by: 'rollout', prefer: [] }), rows, images)
  expect(rejected.map(({ key, reason }) => [key, reason])).toEqual(reason ? [[keyOf('b'), reason]] : [])
})

test('an impossible threshold is refused', () => {
  expect(() => duplicates({ threshold: 80 })).toThrow(/threshold is 80; give a share/)
})
