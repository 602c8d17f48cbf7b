import fc from 'fast-check'
import { expect, test } from 'vitest'
import { capture } from '../../sandbox/capture.ts'

const mark = Buffer.from('\0mark\0')

/** Bytes in pieces of the given lengths, in turn. */
function* pieces(bytes: Buffer, lengths: number[]): Generator<Buffer> {
  let [place, turn] = [0, 0]
  while (place < bytes.length) {
    const length = lengths[turn % lengths.length] ?? 1
    yield bytes.subarray(place, place + length)
    place += length
    turn += 1
  }
}

const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 })

test('however it arrives, what comes before the mark is the text and what comes after is not', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), lengths, (before, after, sizes) => {
      const output = capture(mark, 1000)
      const all = Buffer.concat([Buffer.from(before), mark, Buffer.from(after)])
      for (const piece of pieces(all, sizes)) output.push(piece)
      expect(output.ended).toBe(true)
      expect(output.text()).toEqual({ text: before, truncated: false })
    }),
  )
})

test('no more is kept than asked for, and no character is cut in two', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), lengths, (said, keep, sizes) => {
      const output = capture(mark, keep)
      for (const piece of pieces(Buffer.from(said), sizes)) output.push(piece)
      const { text, truncated } = output.text()
      expect(said.startsWith(text)).toBe(true)
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(keep)
      expect(truncated).toBe(Buffer.byteLength(said) > keep)
    }),
  )
})

test('a part of the mark at the end of an output that never ends is text', () => {
  const output = capture(mark, 100)
  expect(output.push(Buffer.from('a\0mar'))).toBe(false)
  expect(output.text()).toEqual({ text: 'a\0mar', truncated: false })
})
