import { expect, test } from 'vitest'
import { type LessonOptions, type LessonTurn, lessonAbout, lessonOf, reasoned } from '../../output/lesson.ts'
import { studentPrompt } from '../../output/student.ts'
import { verlRl } from '../../output/targets/verl-rl.ts'
import { promptFrom } from '../../prompts/prompt.ts'
import { OptionsError } from '../../schemas/options.ts'
import type { Trajectory, Turn } from '../../schemas/trajectory.ts'
import { answerTurn, observation, openTurn, pythonTurn, reply, silentTurn, trajectory } from '../fixtures.ts'

const taught = (changes: Partial<Trajectory> = {}, options: LessonOptions = {}) => {
  const taught = lessonOf(trajectory(changes), options)
  if (!taught.teach) throw new Error(`${taught.reason}: ${taught.detail}`)
  return taught.lesson
}

const call = { id: 'call_1', name: 'python', arguments: '{"code":"print(image_1.size)"}' }
const measures: LessonTurn = {
  kind: 'calls',
  thought: 'I measure the image first.',
  calls: [call],
  observations: pythonTurn().observations,
}
const wordless: LessonTurn = { ...measures, thought: '' }
const answers: LessonTurn = { kind: 'answer', thought: 'It follows.', answer: '8' }
const bare = { ...answerTurn('8'), reply: reply({ text: ' <answer>8</answer>' }) }

const twoCalls: Turn = {
  reply: reply({ text: 'Both.', calls: [call, { ...call, id: 'call_2' }], stop: 'calls' }),
  observations: [observation(), observation({ callId: 'call_2', parts: [] })],
}

test.each<[title: string, turns: Turn[], options: LessonOptions, lesson: LessonTurn[]]>([
  ['a call and an answer', [pythonTurn(), answerTurn('8')], {}, [measures, answers]],
  ['an answer alone', [answerTurn('8')], {}, [answers]],
  [
    'calls at once, each with its result',
    [twoCalls, answerTurn('8')],
    {},
    [
      { kind: 'calls', thought: 'Both.', calls: twoCalls.reply.calls, observations: twoCalls.observations },
      answers,
    ],
  ],
  [
    'a call without a thought, where it is kept',
    [pythonTurn({}, ' '), answerTurn('8')],
    { silent: 'keep' },
    [wordless, answers],
  ],
  [
    'an answer without a thought, where it is kept',
    [pythonTurn(), bare],
    { silent: 'keep' },
    [measures, { ...answers, thought: '' }],
  ],
  [
    'no turn of which the teacher was reminded, where they are left out',
    [silentTurn(), pythonTurn(), openTurn(), answerTurn('8')],
    { reminded: 'leave_out' },
    [measures, answers],
  ],
  [
    'the conversation as it was, where it is kept',
    [silentTurn(), pythonTurn(), openTurn(), answerTurn('8')],
    { reminded: 'keep' },
    [
      { ...wordless, observations: silentTurn().observations },
      measures,
      { kind: 'reminded', said: 'The image is 8 pixels wide.', reminder: 'Put it between answer tags.' },
      answers,
    ],
  ],
])('teaches %s', (_, turns, options, lesson) => {
  expect(taught({ turns }, options).turns).toEqual(lesson)
})

test.each<[reason: string, detail: string, turns: Turn[]]>([
  ['no_thought', 'turn 1', [pythonTurn({}, ' '), answerTurn('8')]],
  ['no_thought', 'turn 2', [pythonTurn(), bare]],
  ['reminded', 'turn 1: rationale', [silentTurn(), pythonTurn(), answerTurn('8')]],
  ['not_answered', 'the last turn calls a tool', [pythonTurn()]],
  ['unknown_tool', 'turn 1: python', [pythonTurn(), answerTurn('8')]],
])('declines %s (%s)', (reason, detail, turns) => {
  const tools = reason === 'unknown_tool' ? [] : trajectory().tools
  expect(lessonOf(trajectory({ turns, tools }), {})).toEqual({ teach: false, reason, detail })
})

test('the student is told the same in training rows and in the pool of prompts', () => {
  expect(taught().system).toBe(studentPrompt.template)
  const { task } = trajectory()
  const words = taught({ task: { ...task, images: [] } }).system
  expect(words).toBe(studentPrompt.withoutImages?.template)
  expect(verlRl().options).toMatchObject({ prompts: lessonAbout({}).prompts })
})

test('what the student is told names no version, no number of images and nothing of the teacher’s', () => {
  for (const text of [taught().system, studentPrompt.withoutImages?.template ?? ''])
    expect(text).not.toMatch(/\d\.\d|image_1 to|useless|rationale|\{\{/)
  expect(taught().system).toContain('image_1, image_2, …')
})

const own = promptFrom('own', 'Look.')

test.each<[title: string, options: LessonOptions, system: string, about: object]>([
  ['a text', { system: 'Be careful.' }, 'Be careful.', { system: 'Be careful.' }],
  ['a prompt', { system: own }, 'Look.', { prompts: { own: own.sha256 } }],
  ['what a trainer reads as structure', { system: '<image> <|im_end|>' }, '< image> < |im_end|>', {}],
])('the system prompt can be %s', (_, options, system, about) => {
  expect(taught({}, options).system).toBe(system)
  expect(lessonAbout(options)).toMatchObject(about)
})

test('a system prompt with blanks is refused before a row is written', () => {
  const system = promptFrom('own', 'You see {{images}} images.')
  for (const given of [system, { ...own, withoutImages: system }])
    expect(() => verlRl({ system: given })).toThrow(
      new OptionsError(
        "verlRl: system is an object; give a prompt without blanks such as prompt('mine', 'mine.md')",
      ),
    )
})

test.each([
  ['It is red.', '<think>\nIt is red.\n</think>\n\nred'],
  [' \nIt is red.\n\n', '<think>\nIt is red.\n</think>\n\nred'],
  [' ', 'red'],
])('a thought %j stands in its tags, and an empty one nowhere', (thought, written) => {
  expect(reasoned(thought, 'red')).toBe(written)
})
