import { expect, test } from 'vitest'
import { openAiMessages } from '../../../rollouts/formats/openai-messages.ts'
import { rolloutSourceConformance } from '../../conformance/rollout-source.ts'
import { conversationIn, dataUrl, linesCase, story, storyFolder, summaryOf, toldStory } from '../story.ts'

const picture = async (width: number, height: number) => ({
  type: 'image_url',
  image_url: { url: await dataUrl(width, height) },
})
const [asked, drawn] = [await picture(8, 6), await picture(4, 4)]
const call = {
  id: 'c1',
  type: 'function',
  function: { name: 'python', arguments: JSON.stringify({ code: story.code }) },
}
const question = { role: 'user', content: [asked, { type: 'text', text: story.question }] }
const called = { role: 'assistant', content: story.thought, tool_calls: [call] }
const result = { role: 'tool', tool_call_id: 'c1', content: story.shown }
const final = { role: 'assistant', content: `${story.final}\n<answer>8</answer>` }
const lead = { type: 'text', text: 'The images of the tool results above, in order:' }
const row = (id: number) => ({
  id: `row/${id}`,
  messages: [question, called, result, { role: 'user', content: [lead, drawn] }, final],
})

rolloutSourceConformance(linesCase(file => openAiMessages(file), row))

const read = async (given: object) => {
  await using folder = await storyFolder()
  return await conversationIn(openAiMessages(await folder.rows('rows.jsonl', [given])))
}

const valued = (type: string, value: string) => ({ type, value })

test.each<[string, object]>([
  [
    'blocks that hold a value, as LLaMA-Factory v1 writes them',
    {
      messages: [
        { role: 'user', content: [valued('image_url', asked.image_url.url), valued('text', story.question)] },
        {
          role: 'assistant',
          content: [
            valued('text', story.thought),
            valued('tool_call', JSON.stringify({ name: 'python', arguments: { code: story.code } })),
          ],
        },
        { role: 'tool', content: [valued('text', story.shown), valued('image_url', drawn.image_url.url)] },
        { role: 'assistant', content: [valued('text', final.content)] },
      ],
    },
  ],
  ['pictures that follow their results', row(1)],
  [
    'calls that are JSON text, as results of verifiers 0.1 are',
    {
      messages: row(1).messages.map(each =>
        'tool_calls' in each
          ? { ...each, tool_calls: (each.tool_calls as unknown[]).map(call => JSON.stringify(call)) }
          : each,
      ),
    },
  ],
  [
    'pictures in a result',
    {
      messages: [
        question,
        called,
        { ...result, content: [{ type: 'text', text: story.shown }, drawn] },
        final,
      ],
    },
  ],
  [
    'calls as Qwen3-Coder spells them',
    {
      messages: row(1).messages.map(each =>
        'tool_calls' in each
          ? {
              role: 'assistant',
              content: `${story.thought}\n<tool_call>\n<function=python>\n<parameter=code>\n${story.code}\n</parameter>\n</function>\n</tool_call>`,
            }
          : 'tool_call_id' in each
            ? { role: 'tool', content: each.content }
            : each,
      ),
    },
  ],
  [
    'calls as a text of JSON',
    {
      messages: [
        question,
        { ...called, tool_calls: JSON.stringify([call]) },
        result,
        { role: 'user', content: [drawn] },
        final,
      ],
    },
  ],
  [
    'the call of a function, as it was before there were tools',
    {
      messages: [
        question,
        { ...called, tool_calls: undefined, function_call: call.function },
        { role: 'function', name: 'python', content: story.shown },
        { role: 'user', content: [drawn] },
        final,
      ],
    },
  ],
  ['messages as a text of JSON', { messages: JSON.stringify(row(1).messages) }],
  [
    'a prompt and its completion',
    { prompt: [question], completion: [called, result, { role: 'user', content: [drawn] }, final] },
  ],
  [
    'flat calls',
    {
      messages: [
        question,
        { ...called, tool_calls: [{ id: 'c1', name: 'python', arguments: call.function.arguments }] },
        result,
        { role: 'user', content: [drawn] },
        final,
      ],
    },
  ],
  [
    'pictures of a column',
    {
      images: ['a.png', 'b.png'],
      messages: [
        { role: 'user', content: `<image>\n${story.question}` },
        called,
        { ...result, content: `${story.shown}\n<image>` },
        final,
      ],
    },
  ],
  [
    'a thought in its tags',
    {
      messages: [
        question,
        { ...called, content: `<think>\n${story.thought}\n</think>\n\n` },
        result,
        { role: 'user', content: [drawn] },
        final,
      ],
    },
  ],
])('reads %s', async (_, given) => {
  expect(summaryOf(await read(given))).toEqual(toldStory)
})

test('arguments that are no text were not kept as they were written', async () => {
  const given = { ...call, function: { name: 'python', arguments: { code: story.code } } }
  const draft = await read({ messages: [question, { ...called, tool_calls: [given] }, result, final] })
  expect(draft.lacks).toEqual(['raw_arguments'])
})

test('pictures go to the results that name them', async () => {
  const second = { ...call, id: 'c2' }
  const draft = await read({
    messages: [
      question,
      { ...called, tool_calls: [call, second] },
      { ...result, content: 'Images: image_2 (4x4)' },
      { ...result, tool_call_id: 'c2', content: 'Images: image_3 (4x4), image_4 (8x6)' },
      { role: 'user', content: [drawn, drawn, asked] },
      final,
    ],
  })
  expect(draft.turns[0]?.results.map(({ of, parts }) => [of, parts.length])).toEqual([
    [0, 2],
    [1, 3],
  ])
})

test('what a user says later stands behind the turn', async () => {
  const draft = await read({
    messages: [
      question,
      { role: 'assistant', content: 'I am not sure.' },
      { role: 'user', content: 'Look again.' },
      final,
    ],
  })
  expect(draft.turns.map(({ user }) => user)).toEqual(['Look again.', undefined])
})

test.each([
  ['no JSON', '<tool_call>{"name": "python", "arguments": {</tool_call>'],
  [
    'one beside another that is read',
    '<tool_call>{"name": "python"}</tool_call><tool_call>python</tool_call>',
  ],
  ['half a call', '<function=python>'],
])('a call in words that is none is told: %s', async (_, content) => {
  const draft = await read({ messages: [question, { role: 'assistant', content }, result, final] })
  expect(draft.lacks).toContain('unreadable_calls')
})
