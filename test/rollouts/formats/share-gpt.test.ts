import { expect, test } from 'vitest'
import { shareGpt } from '../../../rollouts/formats/share-gpt.ts'
import { rolloutSourceConformance } from '../../conformance/rollout-source.ts'
import { conversationIn, linesCase, story, storyFolder, summaryOf, toldStory } from '../story.ts'

const call = { name: 'python', arguments: { code: story.code } }
const human = { from: 'human', value: `<image>\n${story.question}` }
const observation = { from: 'observation', value: `${story.shown}\n<image>` }
const final = {
  from: 'gpt',
  value: `<think>\n${story.final}\n</think>\n\n<answer>8</answer>`,
}
const images = ['a.png', 'b.png']
const row = (id: number) => ({
  id: `row/${id}`,
  conversations: [
    human,
    { from: 'function_call', value: `<think>\n${story.thought}\n</think>\n\n${JSON.stringify(call)}` },
    observation,
    final,
  ],
  system: story.system,
  tools: JSON.stringify([{ name: 'python', description: 'Runs code.', parameters: { type: 'object' } }]),
  images,
})

rolloutSourceConformance(linesCase(file => shareGpt(file), row))

const read = async (given: object) => {
  await using folder = await storyFolder()
  return await conversationIn(shareGpt(await folder.rows('rows.jsonl', [given])))
}

const withTurns = (...turns: object[]) => ({ conversations: [human, ...turns, final], images })

test.each<[string, object]>([
  ['a call with its thought', row(1)],
  [
    'a call in the tags of Qwen',
    withTurns(
      { from: 'gpt', value: `${story.thought}\n<tool_call>\n${JSON.stringify(call)}\n</tool_call>` },
      { from: 'human', value: `<tool_response>\n${story.shown}\n<image>\n</tool_response>` },
    ),
  ],
  [
    'a bare call behind its thought',
    withTurns({ from: 'function_call', value: `${story.thought}\n${JSON.stringify(call)}` }, observation),
  ],
])('reads %s', async (_, given) => {
  expect(summaryOf(await read(given))).toEqual(toldStory)
})

test('what several calls of a turn gave is not told apart, and the row says so', async () => {
  const both = { from: 'function_call', value: JSON.stringify([call, call]) }
  const draft = await read(withTurns(both, observation))
  expect(draft.turns[0]).toMatchObject({ calls: [{}, {}], results: [{ of: 'all' }] })
  expect(draft.lacks).toEqual(['pairing'])
})

test.each<[string, unknown, string[]]>([
  ['one of the web', ['https://example.com/a.png', 'b.png'], ['remote_image']],
  ['one that is not there', ['gone.png', 'b.png'], ['image_missing']],
  ['one that leads out of its folder', ['../../etc/passwd', 'b.png'], ['image_outside']],
  ['one with an absolute path', ['/etc/passwd', 'b.png'], ['image_outside']],
  ['one too few', ['a.png'], ['image_unmatched']],
  ['one that is no picture', [{ bytes: 7 }, 'b.png'], ['image_broken']],
])('a picture costs its place and no row: %s', async (_, images, gaps) => {
  const draft = await read({ ...row(1), images })
  const parts = [
    ...draft.question,
    ...draft.turns.flatMap(({ results }) => results.flatMap(({ parts }) => parts)),
  ]
  expect(parts.flatMap(part => (part.type === 'gap' ? [part.gap] : []))).toEqual(gaps)
})

test('pictures that no placeholder asks for are noted', async () => {
  expect((await read({ ...row(1), images: [...images, 'a.png'] })).lacks).toEqual(['placeholders'])
})

test.each<[string, object[], string[]]>([
  ['take turns', [], []],
  ['speak twice in a row', [{ from: 'human', value: 'Look again.' }], ['role_order']],
  ['are told what nobody asked for', [observation], ['role_order']],
])('a row whose roles %s says so', async (_, more, lacks) => {
  const draft = await read({ conversations: [human, ...more, final], images: ['a.png'] })
  expect(draft.lacks.filter(each => each !== 'image_unmatched')).toEqual(lacks)
})

test.each<[object, string]>([
  [{}, ''],
  [{ trustAnswer: true }, '8'],
  [{ answer: 'label' }, '9'],
  [{ answer: 'label', trustAnswer: true }, '9'],
])('with %j the key is "%s"', async (options, key) => {
  await using folder = await storyFolder()
  const file = await folder.rows('rows.jsonl', [{ ...row(1), label: 9 }])
  expect((await conversationIn(shareGpt(file, options))).key).toBe(key)
})
