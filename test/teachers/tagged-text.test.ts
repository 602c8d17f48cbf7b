import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseTagged, withStop } from '../../teachers/tagged-text.ts'

const code = (text: string) => `<code>\n\`\`\`python\n${text}\n\`\`\`\n</code>`
const call = (json: string) => `<tool_call>${json}</tool_call>`
const thinking = (rest: string) => `<think>I look.</think>\n${rest}`

test.each([
  ['code', code('x = 1\nprint(x)'), { kind: 'code', code: 'x = 1\nprint(x)' }],
  [
    'code that prints an answer',
    code('print("<answer>9</answer>")'),
    { kind: 'code', code: 'print("<answer>9</answer>")' },
  ],
  [
    'code that prints end tags',
    code('print("</code></think>")'),
    { kind: 'code', code: 'print("</code></think>")' },
  ],
  ['image search', call('{"name": "image_search"}'), { kind: 'call', name: 'image_search', arguments: '{}' }],
  [
    'image search with arguments',
    call('{"name": "image_search", "arguments": {}}'),
    { kind: 'call', arguments: '{}' },
  ],
  [
    'text search',
    call('\n{"name": "search", "arguments": {"query": "<answer>"}}\n'),
    { kind: 'call', name: 'search', arguments: '{"query":"<answer>"}' },
  ],
  [
    'arguments that are no object',
    call('{"name": "search", "arguments": "x"}'),
    { kind: 'call', arguments: '"x"' },
  ],
  [
    'JSON that is cut off',
    call('{"name": "search", "arguments": {'),
    { kind: 'call', name: 'search', arguments: '{"name": "search", "arguments": {' },
  ],
  ['an answer', '<answer>\n8\n</answer>', { kind: 'answer', answer: '8' }],
  [
    'an answer that quotes tags',
    '<answer>the <code> tag</answer>',
    { kind: 'answer', answer: 'the <code> tag' },
  ],
  ['nothing', 'I am done.', { kind: 'nothing' }],
])('%s is read', (_, text, said) => {
  expect(parseTagged(thinking(text))).toMatchObject({ said })
})

test.each([
  ['two blocks of code', code('1') + code('2'), /2 blocks/],
  ['code and an answer', `${code('1')}\n<answer>8</answer>`, /2 blocks/],
  ['two answers', '<answer>8</answer><answer>9</answer>', /2 blocks/],
  ['code without a fence', '<code>print(1)</code>', /```python/],
  ['code of another language', '<code>\n```bash\nls\n```\n</code>', /```python/],
  ['two fences', code('1\n```\n```python\n2'), /```python/],
  ['code cut off by what it prints', '<code>\n```python\nprint("</code>', /text <\/code>/],
  ['no code at all', code('').replace('\n\n', '\n'), /```python/],
  ['a call of no tool', call('{"tool": "search"}'), /name of the tool/],
  ['a list of calls', call('[{"name": "search"}]'), /name of the tool/],
  ['a call in words', call('search for flags'), /name of the tool/],
  ['an answer without an end', '<answer>8', /without <\/answer>/],
])('%s is a mistake', (_, text, message) => {
  expect(parseTagged(thinking(text)).said).toMatchObject({
    kind: 'mistake',
    message: expect.stringMatching(message),
  })
})

test('no tag inside the thought counts', () => {
  const text = '<think>Is it <answer>9</answer>? I could <code>look</code>.</think>\n<answer>8</answer>'
  expect(parseTagged(text)).toEqual({
    thought: 'Is it <answer>9</answer>? I could <code>look</code>.',
    said: { kind: 'answer', answer: '8' },
  })
})

test('a thought that the server began, one in bare prose and one that does not end are told apart', () => {
  const said = { kind: 'answer', answer: '8' }
  expect(parseTagged('I see.</think><answer>8</answer>')).toEqual({ thought: 'I see.', said })
  expect(parseTagged('I see.\n<answer>8</answer>')).toEqual({ thought: 'I see.', said })
  expect(parseTagged('<think>I see.</think> So: <answer>8</answer>')).toEqual({
    thought: 'I see.\nSo:',
    said,
  })
  expect(parseTagged('<think>I see. <answer>8</answer>').said).toMatchObject({ kind: 'mistake' })
  expect(parseTagged('<think>I see.').said).toEqual({ kind: 'nothing' })
})

const thought = fc.string().filter(text => !text.includes('</think>'))
const source = fc.string({ minLength: 1 }).filter(text => !/^```|<\/code>/m.test(text))
const fragments = [
  '<think>',
  '</think>',
  '<code>',
  '</code>',
  '```python\n',
  '\n```\n',
  '<tool_call>',
  '</tool_call>',
  '<answer>',
  '</answer>',
  '{"name": "search"',
  '}',
  'x',
  '\n',
]
const soup = fc.array(fc.constantFrom(...fragments)).map(pieces => pieces.join(''))

test('every piece of code comes out as it went in, and a stop string that was cut off comes back', () => {
  fc.assert(
    fc.property(thought, source, (before, text) => {
      const turn = `<think>${before}</think>\n${code(text)}`
      expect(parseTagged(turn).said).toEqual({ kind: 'code', code: text })
      expect(withStop(turn)).toBe(turn)
      expect(withStop(turn.slice(0, -'</code>'.length))).toBe(turn)
    }),
  )
})

test('every query comes out as it went in, and its stop string comes back', () => {
  fc.assert(
    fc.property(thought, fc.string(), (before, query) => {
      fc.pre(!query.includes('</tool_call>'))
      const args = JSON.stringify({ query })
      const turn = `<think>${before}</think>\n${call(`{"name": "search", "arguments": ${args}}`)}`
      expect(parseTagged(turn).said).toEqual({ kind: 'call', name: 'search', arguments: args })
      expect(withStop(turn.slice(0, -'</tool_call>'.length))).toBe(turn)
    }),
  )
})

test('whatever tags a text has, it is read, and nothing but a stop string is ever added', () => {
  fc.assert(
    fc.property(soup, text => {
      expect(parseTagged(text).said.kind).toBeTypeOf('string')
      expect(['', '</code>', '</tool_call>']).toContain(withStop(text).slice(text.length))
      expect(withStop(withStop(text))).toBe(withStop(text))
    }),
  )
})
