import { expect, test } from 'vitest'
import { jsonl } from '../../tasks/jsonl.ts'
import { fields, folderWithImage, refusal, row, source, takeIn } from './files.ts'

const mapped = { ...fields, choices: 'choices' }
const pictures = (count: number) => Array.from({ length: count }, () => 'a.png')

const read: [written: string, images: number, asked: string][] = [
  ['<image>\nWhat colour?', 1, 'What colour?'],
  ['<image>What colour?', 1, 'What colour?'],
  ['<image>what colour?', 1, 'what colour?'],
  ['<image>\nwhat colour?', 1, 'what colour?'],
  ['What colour?\n<image>', 1, 'What colour?'],
  ['What colour? <image>', 1, 'What colour?'],
  ['<image><image>\n<image>\nWhich differs?', 3, 'Which differs?'],
  ['<image>\nAre these alike?\n<image>', 2, 'Are these alike?'],
  ['<IMAGE>\nWhat colour?', 1, 'What colour?'],
  ['<img>\nWhat colour?', 1, 'What colour?'],
  ['<image/> What colour?', 1, 'What colour?'],
  ['[IMG]What colour?', 1, 'What colour?'],
  ['<|image|>What colour?', 1, 'What colour?'],
  ['<|vision_start|><|image_pad|><|vision_end|>What colour?', 1, 'What colour?'],
  ['<|begin_of_image|><|image|><|end_of_image|>What colour?', 1, 'What colour?'],
  ['<|image_1|>\n<|image_2|>\nWhat colour?', 2, 'What colour?'],
  ['(<image>./</image>)\nWhat colour?', 1, 'What colour?'],
  ['<start_of_image> What colour?', 1, 'What colour?'],
  ['<ImageHere>What colour?', 1, 'What colour?'],
  ['<image_placeholder>\nWhat colour?', 1, 'What colour?'],
  ['Picture 1: <img>a.png</img>\nWhat colour?', 1, 'Picture 1: image 1\nWhat colour?'],
  ['Image-1: <image>\nImage-2: <image>\nAlike?', 2, 'Image-1: image 1\nImage-2: image 2\nAlike?'],
  ['<image 1> What colour?', 1, 'What colour?'],
  ['<image 1> shows a map. Of what?', 1, 'image 1 shows a map. Of what?'],
  ['In <image 2>, what is new to <image 1>?', 2, 'In image 2, what is new to image 1?'],
  ['In <image 1>, what? And in <image 1>?', 2, 'In image 1, what? And in image 1?'],
  ['How many in<image1>and<image_2>?', 2, 'How many in image 1 and image 2?'],
  ['<image 2>\n<image 1>\nWhich is newer?', 2, 'image 2\nimage 1\nWhich is newer?'],
  ['Which is newer?\n<image 1>\n<image 2>', 2, 'Which is newer?'],
  ['Compare <image> with <image>.', 2, 'Compare image 1 with image 2.'],
  ['What is shown in <image>', 1, 'What is shown in image 1'],
  ['Is <image_00> in <image_01>?', 2, 'Is image 1 in image 2?'],
  ['如图<image>所示', 1, '如图image 1所示'],
  [
    'What is an <imagery>, a <b>, an <image x> and an image 1?',
    2,
    'What is an <imagery>, a <b>, an <image x> and an image 1?',
  ],
]

test.each(read)('%j with %d images is asked as %j', async (question, images, asked) => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [row({ question, image: pictures(images) })])
  const { tasks, changed } = await takeIn([jsonl(file, { fields, source })])
  expect(tasks.map(task => task.question)).toEqual([asked])
  const said = 'had marks of images such as <image>: they are left out, and within a sentence read "image 1"'
  expect(changed).toEqual(asked === question ? [] : [`1 of 1 tasks ${said}`])
})

test('an option that is an image is called by its number, and so is the answer', async () => {
  await using folder = await folderWithImage()
  const rows = [
    { question: '<image>\nWhich one fits?', choices: ['<image>', '<image>', 'none'], answer: 'B' },
    { question: 'Which one fits <image 1>?', choices: ['<image 3>', '<image 2>'], answer: '<image 3>' },
  ].map((changes, index) => row({ id: `${index}`, image: pictures(3), ...changes }))
  const { tasks } = await takeIn([jsonl(await folder.lines('tasks.jsonl', rows), { fields: mapped, source })])
  expect(tasks.map(({ question, choices, answer }) => [question, choices, answer])).toEqual([
    ['Which one fits?', ['image 2', 'image 3', 'none'], 'image 3'],
    ['Which one fits image 1?', ['image 3', 'image 2'], 'image 3'],
  ])
})

const refused: [question: string, images: number, marks: string][] = [
  ['<image>\n<image>\nWhat colour?', 1, '2 times (<image>), but the row has 1'],
  ['<image>\nWhat colour?', 2, 'once (<image>), but the row has 2'],
  ['What is in <image 3>?', 2, 'once (<image 3>), but the row has 2'],
  ['Is <image 0> in <image 2>?', 2, '2 times (<image 0>, <image 2>), but the row has 2'],
  ['<image>\nWhat is in <image 1>?', 1, '2 times (<image>, <image 1>), but the row has 1'],
]

test.each(refused)('%j with %d images is refused by row', async (question, images, marks) => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [row({ question, image: pictures(images) })])
  expect(await refusal([jsonl(file, { fields, source })], folder.path)).toEqual([
    `tasks.jsonl:1: question: marks images ${marks}; correct the row, or set placeholders: 'keep'`,
  ])
  const kept = await takeIn([jsonl(file, { fields, source, placeholders: 'keep' })])
  expect(kept).toMatchObject({ tasks: [{ question }], changed: [] })
})

test('a question that is nothing but marks of images is empty', async () => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [row({ question: ' <image>\n' })])
  expect(await refusal([jsonl(file, { fields, source })], folder.path)).toEqual([
    'tasks.jsonl:1: question: is empty; write the question or remove the row',
  ])
})

test('very many marks take no time', async () => {
  await using folder = await folderWithImage()
  const question = `<image 1> ${'word <image 1> '.repeat(50_000)}`
  const file = await folder.lines('tasks.jsonl', [row({ question })])
  const { tasks } = await takeIn([jsonl(file, { fields, source })])
  expect(tasks[0]?.question).toHaveLength('image 1 '.length + 'word image 1 '.length * 50_000 - 1)
})
