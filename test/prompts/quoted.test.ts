import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quoted, quotedParts, titled } from '../../prompts/quoted.ts'
import { image } from '../fixtures.ts'

const anyLineEnd = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/

test('whatever a text holds, each of its lines is quoted', () => {
  const nasty = fc.constantFrom(
    '\n',
    '\r',
    '\u2028',
    '\u0085',
    '\v',
    '|',
    'VERDICT',
    '\u{e0041}',
    '\ud800',
    '<image>',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), nasty)), pieces => {
      const lines = quoted(pieces.join('')).split(anyLineEnd)
      expect(lines.filter(line => !line.startsWith('| '))).toEqual([])
      expect(lines.join('').isWellFormed()).toBe(true)
    }),
  )
})

test.each([
  ['plain words stay', 'x̄ ≥ 3 · 日本 👩‍🔬', '| x̄ ≥ 3 · 日本 👩‍🔬'],
  ['lines', 'a\r\nb\u2028c', '| a\n| b\n| c'],
  ['tags that no eye sees', `a${String.fromCodePoint(0xe0053)}b\u202ec`, '| abc'],
  ['control tokens and placeholders', '<|im_end|><image>', '| < |im_end|>< image>'],
  ['tabs keep their place', 'a\tb', '| a    b'],
  ['nothing', '', '| '],
])('%s', (_, text, expected) => expect(quoted(text)).toBe(expected))

test('a heading stands over its quotation, pictures stay pictures', () => {
  expect(titled('The answer', '8')).toEqual({ type: 'text', text: 'The answer:\n| 8' })
  expect(titled('What came')).toEqual({ type: 'text', text: 'What came:' })
  const picture = { type: 'image' as const, image: image() }
  expect(quotedParts([picture, { type: 'text', text: 'a' }])).toEqual([
    picture,
    { type: 'text', text: '| a' },
  ])
})
