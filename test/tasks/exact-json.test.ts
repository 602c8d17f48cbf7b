import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isWrittenNumber } from '../../schemas/json.ts'
import { AmbiguousJson, exactJson, mostLevels } from '../../tasks/exact-json.ts'

test('whatever JSON.parse reads is read the same, but for how its numbers are written', () => {
  const spaced = fc.constantFrom(undefined, 2, '\t')
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), spaced, (value, space) => {
      const text = JSON.stringify(value, null, space)
      expect(JSON.stringify(exactJson(text), plainly)).toBe(JSON.stringify(JSON.parse(text)))
    }),
  )
})

const plainly = (_: string, value: unknown) => (isWrittenNumber(value) ? Number(value) : value)

test.each([
  '1.10',
  '1.0',
  '-0',
  '-0.0',
  '1E5',
  '1e400',
  '1e-400',
  '9007199254740993',
  '0.12345678901234567890',
])('the number %s keeps its text', text => {
  const [number] = exactJson(`[${text}]`) as unknown[]
  expect(isWrittenNumber(number)).toBe(true)
  expect(String(number)).toBe(text)
  expect(String(structuredClone(number))).toBe(text)
})

test.each(['0', '-1', '1.5', '9007199254740991', '5e-324'])('the number %s is a plain one', text => {
  expect(exactJson(text)).toBe(Number(text))
})

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

test.each([
  ['{"q":1,"q":1}', 'has the key "q" twice; keep one of them'],
  ['{"q":1,"\\u0071":2}', 'has the key "q" twice; keep one of them'],
  ['{"a":{"b":[{"c":{"d":1,"d":2}}]}}', 'has the key "a.b.c.d" twice; keep one of them'],
  ['{"":1,"":2}', 'has the key "" twice; keep one of them'],
  ['{"__proto__":1,"__proto__":2}', 'has the key "__proto__" twice; keep one of them'],
  [deep(mostLevels + 1), `is nested deeper than ${mostLevels} levels; make it flatter`],
  [`{"a":${deep(100_000)}}`, `is nested deeper than ${mostLevels} levels; make it flatter`],
])('what readers do not agree on is refused: %.40s', (text, message) => {
  expect(() => exactJson(text)).toThrow(new AmbiguousJson(message))
})

test('a key of one object may be in another one, and in the text of a string', () => {
  const text = '{"a":{"a":"\\"a\\":1,"},"b":[{"a":1},{"a":2}],"constructor":1}'
  expect(exactJson(text)).toEqual(JSON.parse(text))
  expect(exactJson(deep(mostLevels))).toEqual(JSON.parse(deep(mostLevels)))
})

test('a key may be called __proto__', () => {
  const value = exactJson('{"__proto__":{"x":1}}')
  expect(Object.entries(value as object)).toEqual([['__proto__', { x: 1 }]])
})

test('a string may be very long and full of escapes', () => {
  const text = JSON.stringify({ text: '\n"\\'.repeat(5_000_000) })
  expect(exactJson(text)).toEqual(JSON.parse(text))
})

test.each(['', '{', '{"a":01}', '[1,]', '{"a" 1}', '"a', 'NaN', '\u00a0{}'])('no JSON: %s', text => {
  expect(() => exactJson(text)).toThrow(SyntaxError)
})
