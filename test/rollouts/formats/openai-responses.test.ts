import { expect, test } from 'vitest'
import { openAiResponses } from '../../../rollouts/formats/openai-responses.ts'
import { rolloutSourceConformance } from '../../conformance/rollout-source.ts'
import { conversationIn, dataUrl, linesCase, story, storyFolder, summaryOf, toldStory } from '../story.ts'

const picture = async (width: number, height: number) => ({
  type: 'input_image',
  image_url: await dataUrl(width, height),
})
const [asked, drawn] = [await picture(8, 6), await picture(4, 4)]
const words = (type: string, text: string) => ({ type, text, annotations: [] })
const question = { role: 'user', content: [asked, words('input_text', story.question)] }
const reasoning = { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }] }
const said = (text: string) => ({ type: 'message', role: 'assistant', content: [words('output_text', text)] })
const call = {
  type: 'function_call',
  call_id: 'c1',
  name: 'python',
  arguments: JSON.stringify({ code: story.code }),
}
const result = {
  type: 'function_call_output',
  call_id: 'c1',
  output: [words('input_text', story.shown), drawn],
}
const final = said(`${story.final}\n<answer>8</answer>`)
const row = (id: number) => ({
  id: `resp_${id}`,
  model: 'theirs',
  instructions: story.system,
  input: [question],
  output: [reasoning, said(story.thought), call, result, final],
})

rolloutSourceConformance(linesCase(file => openAiResponses(file), row))

const read = async (given: object) => {
  await using folder = await storyFolder()
  return await conversationIn(openAiResponses(await folder.rows('rows.jsonl', [given])))
}

const run = { type: 'code_interpreter_call', id: 'ci_1', code: story.code }
test.each<[string, object]>([
  ['a response with what was asked', row(1)],
  ['a list of items', { messages: [question, said(story.thought), call, result, final] }],
  [
    'pictures that follow their results',
    {
      messages: [
        question,
        said(story.thought),
        call,
        { ...result, output: story.shown },
        { role: 'user', content: [drawn] },
        final,
      ],
    },
  ],
  [
    'a call that is not of JSON',
    {
      messages: [
        question,
        said(story.thought),
        { type: 'custom_tool_call', call_id: 'c1', name: 'python', input: story.code },
        { ...result, type: 'custom_tool_call_output' },
        final,
      ],
    },
  ],
  [
    'code that the provider ran',
    {
      messages: [
        question,
        said(story.thought),
        {
          ...run,
          outputs: [
            { type: 'logs', logs: story.shown },
            { type: 'image', url: drawn.image_url },
          ],
        },
        final,
      ],
    },
  ],
])('%s is read', async (_, given) => {
  expect(summaryOf(await read(given))).toEqual(toldStory)
})

test('what was thought, and who said it, is there', async () => {
  expect(await read(row(1))).toMatchObject({
    model: 'theirs',
    system: story.system,
    lacks: [],
    turns: [{ reasoning: 'Hm.' }, {}],
  })
})

test('calls at once are one turn, and each result finds its own', async () => {
  const other = { ...call, call_id: 'c2' }
  const later = { ...result, call_id: 'c2', output: 'second' }
  const draft = await read({
    messages: [question, call, other, later, { ...result, output: 'first' }, final],
  })
  expect(draft.turns[0]).toMatchObject({
    calls: [{ id: 'c1' }, { id: 'c2' }],
    results: [{ of: 1 }, { of: 0 }],
  })
})

test('a picture that is an id of a file is missed', async () => {
  const content = [{ type: 'input_image', file_id: 'file_1' }, words('input_text', story.question)]
  const draft = await read({ messages: [{ role: 'user', content }, final] })
  expect(draft.question).toContainEqual({ type: 'gap', gap: 'image_missing' })
})
