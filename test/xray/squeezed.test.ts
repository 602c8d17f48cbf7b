import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fieldOf, pictureMark, squeezed } from '../../xray/squeezed.ts'

/** With what escapes are made of, so that they meet in every order. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('\\', 'n', 'u', 'u00e9', '"', '\n', '\t', '\b', ' '),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map(pieces => pieces.join(''))

const inAscii = (text: string) =>
  text.replace(/[^\0-\x7f]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

test('a text is the same as JSON has it, in ASCII or not, and twice', () => {
  fc.assert(
    fc.property(text, text => {
      const json = JSON.stringify(text)
      expect(squeezed(json)).toBe(`"${squeezed(text)}"`)
      expect(squeezed(inAscii(json))).toBe(`"${squeezed(text)}"`)
      expect(squeezed(JSON.stringify(json))).toBe(`""${squeezed(text)}""`)
    }),
  )
})

test('every character of a squeezed text is found again where it was', () => {
  const spans = [
    { kind: 'text', text: ' a\\n b', trained: false },
    { kind: 'picture', picture: 3, trained: false },
    { kind: 'text', text: '\\u00e9c', trained: true },
  ] as const
  const { text, span, place } = fieldOf(spans)
  expect(text).toBe(`ab${pictureMark(3)}éc`)
  expect([...span]).toEqual([0, 0, 1, 2, 2])
  expect([...place]).toEqual([1, 5, 0, 0, 6])
})
