import { describe, expect, test } from 'vitest'
import type { Task } from '../../schemas/task.ts'
import { type OpenEndedOptions, openEnded } from '../../screens/open-ended.ts'
import { type Heard, modelBench, type Say } from '../checks/judging.ts'
import { screenConformance } from '../conformance/screen.ts'
import { trajectory } from '../fixtures.ts'

const base = { ...trajectory().task, images: [] }
const colour: Task = {
  ...base,
  question: 'Which of these colours has the car?',
  choices: ['red', 'green', 'blue'],
  answer: 'green',
  answerType: 'choice',
  meta: { row: 7 },
}
const asked = 'What is the colour of the car, in one word?'

/** The writer's last line, with this question in it. */
function rewritten({ text }: Heard, question: string): string {
  const form = /^QUESTION \w+: /m.exec(text)?.[0] ?? ''
  return `I left the options out.\n${form}${question}`
}
const impossible = ({ text }: Heard) => `It is about them.\n${/^IMPOSSIBLE \w+$/m.exec(text)?.[0]}`

const models =
  (write: (heard: Heard) => string, judge = 'unique'): Say =>
  heard =>
    heard.model === 'writer' ? write(heard) : heard.verdict(judge)

async function screening(say: Say, task: Task, options: Partial<OpenEndedOptions> = {}) {
  await using bench = await modelBench(say)
  const screen = openEnded({
    writer: bench.model('writer'),
    unique: { models: [bench.model('judge')] },
    ...options,
  })
  return { screened: await screen.screen(task, bench.context), heard: bench.heard }
}

describe('open_ended', () => {
  screenConformance(async use => {
    await using bench = await modelBench(
      models(heard => (heard.text.includes('hard') ? impossible(heard) : rewritten(heard, asked))),
    )
    const screen = openEnded({ writer: bench.model('writer'), unique: { models: [bench.model('judge')] } })
    const dropped = { ...colour, question: 'Which of these is hard?' }
    await use({ screen, context: bench.context, passing: colour, dropped })
  })
})

test('a task without options is left alone, and nobody is asked', async () => {
  const { screened, heard } = await screening(() => 'never', base)
  expect(screened).toEqual({ route: 'next', data: {} })
  expect(heard).toEqual([])
})

test('a question is asked without its options, and keeps its answer, its id and where it came from', async () => {
  const { screened, heard } = await screening(
    models(heard => rewritten(heard, asked)),
    colour,
  )
  expect(screened).toMatchObject({
    route: 'next',
    task: {
      ...colour,
      question: asked,
      choices: null,
      answerType: 'text',
      meta: {
        row: 7,
        multiple_choice: { question: colour.question, choices: colour.choices, answerType: 'choice' },
      },
    },
  })
  const [writer, judge] = heard
  expect(writer?.text.split('\n')).toEqual(
    expect.arrayContaining(['| Which of these colours has the car?', '| blue', '| green']),
  )
  expect(judge?.text.split('\n')).toContain(`| ${asked}`)
})

test.each<[string, string, string[], string]>([
  ['a number', '8', ['7', '8'], 'number'],
  ['a number with separators', '1,200.5', ['1,200.5', '9'], 'number'],
  ['yes', 'Yes', ['Yes', 'No'], 'boolean'],
  ['a year in words', 'in 1999', ['in 1999', 'in 2000'], 'text'],
])('%s is compared as what it is', async (_, answer, choices, answerType) => {
  const task = { ...colour, answer, choices }
  const { screened } = await screening(
    models(heard => rewritten(heard, 'How is it?')),
    task,
  )
  expect(screened).toMatchObject({ route: 'next', task: { answer, answerType } })
})

const refused: [string, Say, Partial<Task>, string][] = [
  ['the writer cannot', models(impossible), {}, 'needs_options'],
  ['the writer keeps no form', models(() => 'What colour is it?'), {}, 'not_rewritten'],
  ['the writer writes nothing', models(heard => rewritten(heard, ' ')), {}, 'not_rewritten'],
  ['the form is followed by more', models(heard => `${rewritten(heard, asked)}\nDone.`), {}, 'not_rewritten'],
  [
    'the new question holds the answer',
    models(heard => rewritten(heard, 'Is the car GREEN or not?')),
    {},
    'answer_in_question',
  ],
  [
    'another option passes for the answer',
    models(heard => rewritten(heard, 'How many?')),
    { choices: ['8', '8.0', '9'], answer: '8' },
    'options_alike',
  ],
  ['the answer is about options', models(() => ''), { answer: 'All of the above' }, 'answer_about_options'],
  ['other answers are right, too', models(heard => rewritten(heard, asked), 'ambiguous'), {}, 'ambiguous'],
  ['it asks for something else', models(heard => rewritten(heard, asked), 'changed'), {}, 'changed'],
]

test.each(refused)('where %s the task is dropped, or kept as it is', async (_, say, changes, reason) => {
  const task = { ...colour, ...changes }
  const dropping = await screening(say, task)
  expect(dropping.screened).toMatchObject({ route: 'drop', reason })
  const keeping = await screening(say, task, { otherwise: 'keep' })
  expect(keeping.screened).toEqual({ route: 'next', data: { kept: reason } })
})
