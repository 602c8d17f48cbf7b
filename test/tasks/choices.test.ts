import { expect, test } from 'vitest'
import type { AnswerIs } from '../../tasks/choices.ts'
import { jsonl } from '../../tasks/jsonl.ts'
import { fields, folderWithImage, refusal, row, source, takeIn } from './files.ts'

const colours = ['red', 'green', 'blue']
const mapped = { ...fields, choices: 'choices' }

const forms: [title: string, choices: unknown][] = [
  ['a list', colours],
  ['a list with empty places at its end', [...colours, null, null]],
  ['an object by letters', { A: 'red', B: 'green', C: 'blue' }],
  ['an object by letters in another order', { c: 'blue', a: 'red', b: 'green' }],
  ['an object with empty places at its end', { A: 'red', B: 'green', C: 'blue', D: null }],
  ['JSON text', '["red", "green", "blue"]'],
  ['JSON text of an object', '{"A": "red", "B": "green", "C": "blue"}'],
  ['text as Python prints it', "['red', 'green', 'blue']"],
  ['text as Python prints an object', "{'A': 'red', 'B': \"green\", 'C': 'blue'}"],
  ['lettered lines', 'A. red\nB. green\nC. blue'],
  ['lettered lines of other kinds', '(a) red\r\n(b) green\r\n(c) blue\r\n'],
  ['lettered lines with colons', 'A: red\n\nB: green\n\nC: blue'],
  ['lettered parts of a line', '(A) red (B) green (C) blue'],
  ['lettered parts of a line with commas', 'A. red, B. green, C. blue'],
]

test.each(forms)('%s is a form of choices', async (_, choices) => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [row({ choices, answer: 'green' })])
  const { tasks } = await takeIn([jsonl(file, { fields: mapped, source })])
  expect(tasks).toMatchObject([{ choices: colours, answer: 'green', answerType: 'choice' }])
})

test('choices as Python prints them keep what is in them', async () => {
  await using folder = await folderWithImage()
  const choices = String.raw`['it\'s', "a \"b\"", 'say "c"', '\\frac{1}{2}', 'caf\xe9\n', 'True', 1.50, None]`
  const file = await folder.lines('tasks.jsonl', [row({ choices, answer: 'True' })])
  const { tasks } = await takeIn([jsonl(file, { fields: mapped, source })])
  expect(tasks[0]?.choices).toEqual(["it's", 'a "b"', 'say "c"', '\\frac{1}{2}', 'café\n', 'True', '1.50'])
})

test('choices and images may lie in several columns, of which the last may be empty', async () => {
  await using folder = await folderWithImage()
  const { image: _, ...plain } = row({ answer: 'B' })
  const file = await folder.lines('tasks.jsonl', [
    { ...plain, A: 'red', B: 2, C: null, image_1: 'a.png', image_2: null, image_3: ['a.png'] },
    { ...plain, id: 'two', A: null, B: null, C: null, image_1: 'a.png' },
  ])
  const several = { ...fields, choices: ['A', 'B', 'C'], images: ['image_1', 'image_2', 'image_3'] }
  const { tasks } = await takeIn([jsonl(file, { fields: several, source })])
  expect(tasks.map(task => [task.choices, task.answer, task.images.length])).toEqual([
    [['red', '2'], '2', 2],
    [null, 'B', 1],
  ])
  const wrong = { ...several, choices: ['A', 'B', 'E'] }
  expect(await refusal([jsonl(file, { fields: wrong, source, rest: 'ignore' })], folder.path)).toEqual([
    'tasks.jsonl: choices: there is no field "E"; the fields are id, question, answer, A, B, C, image_1, image_2, image_3',
  ])
})

test('a path goes through lists, to an item by its number and to all of them by a name', async () => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [
    row({ turns: [{ text: 'Which?' }, { text: 'green' }], ch: colours.map(text => ({ text })) }),
  ])
  const nested = { ...fields, question: 'turns.0.text', answer: 'turns.1.text', choices: 'ch.text' }
  const { tasks } = await takeIn([jsonl(file, { fields: nested, source, rest: 'ignore' })])
  expect(tasks).toMatchObject([{ question: 'Which?', answer: 'green', choices: colours }])
})

const answers: [answer: unknown, choices: unknown[], answerIs: AnswerIs | undefined, meant: string][] = [
  ['B', colours, undefined, 'green'],
  ['b', colours, undefined, 'green'],
  [' (B) ', colours, undefined, 'green'],
  ['B.', colours, undefined, 'green'],
  ['b)', colours, undefined, 'green'],
  ['B. green', colours, undefined, 'green'],
  ['(B) green', colours, undefined, 'green'],
  ['B: green', colours, undefined, 'green'],
  ['green ', colours, undefined, 'green'],
  ['cafe\u0301', ['caf\u00e9', 'tea'], undefined, 'caf\u00e9'],
  ['caf\u00e9', ['cafe\u0301', 'tea'], undefined, 'cafe\u0301'],
  ['green', ['A. red', 'B. green'], undefined, 'B. green'],
  ['B', ['A. red', 'B. green'], undefined, 'B. green'],
  ['B', ['A', 'B', 'C'], undefined, 'B'],
  ['x', ['x', 'y'], undefined, 'x'],
  [30, [10, 20, 30], undefined, '30'],
  ['2', ['1', '2', '3'], undefined, '2'],
  ['B', ['B', 'A'], 'text', 'B'],
  ['B', ['B', 'A'], 'letter', 'A'],
  ['b', ['b', 'a'], 'letter', 'a'],
  [1, [1, 2, 3], 'text', '1'],
  [1, [1, 2, 3], 'index', '2'],
  ['1', [1, 2, 3], { index: 1 }, '1'],
  [1, colours, 'index', 'green'],
  [1, colours, { index: 1 }, 'red'],
  [0, colours, 'index', 'red'],
]

test.each(answers)('the answer %j of %j (%j) is %j', async (answer, choices, answerIs, meant) => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [row({ choices, answer })])
  const options = { fields: mapped, source, ...(answerIs !== undefined && { answerIs }) }
  const { tasks } = await takeIn([jsonl(file, options)])
  expect(tasks.map(task => task.answer)).toEqual([meant])
})

const cures =
  "set answerIs: 'index' where choices are counted from 0, { index: 1 } where from 1, 'letter' where lettered"

const refused: [answer: unknown, choices: unknown, answerIs: AnswerIs | undefined, line: string][] = [
  [1, [1, 2, 3, 4], undefined, `answer: "1" is one choice's text and another's place; ${cures}, or 'text'`],
  ['b', ['b', 'a'], undefined, `answer: "b" is one choice's text and another's place; ${cures}, or 'text'`],
  ['B', ['B', 'A'], undefined, `answer: "B" is one choice's text and another's place; ${cures}, or 'text'`],
  [1, colours, undefined, `answer: "1" is no choice's text; correct it, or ${cures}`],
  [9, colours, undefined, 'answer: "9" is not one of the choices "red", "green", "blue"; correct it'],
  ['D', colours, undefined, 'answer: "D" is not one of the choices "red", "green", "blue"; correct it'],
  [
    'B. blue',
    colours,
    undefined,
    'answer: "B. blue" is not one of the choices "red", "green", "blue"; correct it',
  ],
  ['d', colours, 'letter', 'answer: "d" is not the letter of one of the 3 choices; correct it'],
  ['red', colours, 'letter', 'answer: "red" is not the letter of one of the 3 choices; correct it'],
  [3, colours, 'index', 'answer: "3" is not the place of one of the 3 choices; correct it'],
  [0, colours, { index: 1 }, 'answer: "0" is not the place of one of the 3 choices; correct it'],
  ['B', colours, 'text', 'answer: "B" is not one of the choices "red", "green", "blue"; correct it'],
  ['', colours, 'index', 'answer: there is none; add the answer or remove the row'],
  [
    'a',
    'a or b',
    undefined,
    'choices: is a string, not a list of texts; correct the row or map another field',
  ],
  ['a', 7, undefined, 'choices: is 7, not a list of texts; correct the row or map another field'],
  [
    'a',
    { A: 'a', C: 'c' },
    undefined,
    'choices: is an object with A, C, not with A, B, C and so on; correct the row or map another field',
  ],
  [
    'a',
    [{ label: 'A', text: 'a' }],
    undefined,
    "choices: is a list of objects; name the field in them that holds the text, as in 'choices.text'",
  ],
  ['a', ['a', null, 'b'], undefined, 'choices: one is empty; correct the row'],
  [
    'cafe\u0301',
    ['cafe\u0301', 'caf\u00e9'],
    undefined,
    'choices: "caf\u00e9" is there twice; correct the row',
  ],
]

test.each(refused)('the answer %j of %j (%j) is refused', async (answer, choices, answerIs, line) => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [row({ choices, answer })])
  const options = { fields: mapped, source, ...(answerIs !== undefined && { answerIs }) }
  expect(await refusal([jsonl(file, options)], folder.path)).toEqual([`tasks.jsonl:1: ${line}`])
})

const sets: [answer: unknown, choices: string[] | null, answerIs: AnswerIs | undefined, meant: string][] = [
  ['red, blue', colours, undefined, 'red, blue'],
  ['A, c', colours, undefined, 'red; blue'],
  ['(A); B.', colours, undefined, 'red; green'],
  ['A', colours, undefined, 'red'],
  [['A', 'C'], colours, undefined, 'red; blue'],
  [['red', 'C. blue'], colours, undefined, 'red; blue'],
  [[0, 2], colours, 'index', 'red; blue'],
  ['1, 2', colours, { index: 1 }, 'red; green'],
  [['red', 7], null, undefined, 'red; 7'],
  ['x and y', null, 'letter', 'x and y'],
]

test.each(sets)('the answer %j of %j (%j) is the set %j', async (answer, choices, answerIs, meant) => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [row({ choices, answer })])
  const set = { ...mapped, answerType: { value: 'set' } }
  const options = { fields: set, source, ...(answerIs !== undefined && { answerIs }) }
  const { tasks } = await takeIn([jsonl(file, options)])
  expect(tasks.map(task => task.answer)).toEqual([meant])
})
