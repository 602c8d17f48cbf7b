import { join } from 'node:path'
import { expect, test } from 'vitest'
import { detectFormat, type FormatName, formats } from '../../rollouts/detect.ts'
import { conversationIn, summaryOf, toldStory } from './story.ts'

/** What the tools themselves wrote, by `originals/make.py`, which names their versions. */
const originals: [file: string, format: FormatName, told: object][] = [
  ['inspect.eval', 'inspect_log', { id: 'row/1', key: '8', model: 'mockllm/model' }],
  ['inspect.json', 'inspect_log', { id: 'row/1', key: '8', model: 'mockllm/model' }],
  ['openai-messages.jsonl', 'openai_messages', { id: 'row/1', lacks: [] }],
  ['openai-responses.jsonl', 'openai_responses', { id: 'row/1', model: 'theirs', lacks: [] }],
  [
    'anthropic-messages.jsonl',
    'anthropic_messages',
    { id: 'row/1', model: 'theirs', lacks: ['raw_arguments'] },
  ],
  ['traces.jsonl', 'verifiers', { id: 'row/1', model: 'theirs', lacks: [], tools: [{ name: 'python' }] }],
  ['atif/trajectory.json', 'atif', { id: 's1', model: 'theirs', lacks: ['raw_arguments'] }],
]

test.each(originals)('%s, which its own tool wrote, is known and read', async (name, format, told) => {
  const file = join(import.meta.dirname, 'originals', name)
  expect(await detectFormat(file)).toMatchObject({ kind: 'format', name: format })
  const options = format === 'inspect_log' ? { answer: 'target' } : {}
  const draft = await conversationIn(formats[format].make(file, options))
  expect(summaryOf(draft)).toEqual(toldStory)
  expect(draft).toMatchObject(told)
})
