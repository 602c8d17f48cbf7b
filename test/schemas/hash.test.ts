import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, hashOf, sha256 } from '../../schemas/hash.ts'

test('a hash is the sha256 of the text', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(sha256(Buffer.from('abc'))).toBe(sha256('abc'))
})

test('keys are sorted at every depth, undefined is left out, and the order of lists counts', () => {
  expect(canonicalJson({ b: [{ d: 1, c: undefined }], a: null })).toBe('{"a":null,"b":[{"d":1}]}')
  expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]))
})

test('data has the same hash after it was stored, and whatever order it was built in', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), value => {
      const reversed = Object.fromEntries(Object.entries(value).reverse())
      expect(hashOf(reversed)).toBe(hashOf(value))
      expect(hashOf(JSON.parse(JSON.stringify(value)))).toBe(hashOf(value))
    }),
  )
})

test('other data has another hash', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const equal = JSON.stringify(one) === JSON.stringify(other)
      if (!equal && canonicalJson(one) !== canonicalJson(other)) expect(hashOf(one)).not.toBe(hashOf(other))
      expect(JSON.parse(canonicalJson(one))).toEqual(JSON.parse(JSON.stringify(one)))
    }),
  )
})
