import { expect, test } from 'vitest'
import { patchSize, patchWord, wordsFor } from '../../images/patch-words.ts'

const at = (index: number) => ({ x: index % patchSize, y: Math.floor(index / patchSize) })

/** Values of a picture that is the same in no direction. */
const value = (x: number, y: number) => 100 + 9 * x + 5 * y + 40 * Math.sin(1.3 * x + 0.4 * y * y)

const patch = (of: (x: number, y: number) => number) =>
  Float32Array.from({ length: patchSize ** 2 }, (_, index) => of(at(index).x, at(index).y))

const word = patchWord(patch(value))
const mirrored = patchWord(patch((x, y) => value(patchSize - 1 - x, y)))

/** What is looked for to find the patch, mirrored or not. */
const looked = word ? [...wordsFor(word.seen), ...wordsFor(word.mirrored)] : []

test('the mirror image of a patch has the word that is told of it', () => {
  expect(mirrored?.seen).toEqual(word?.mirrored)
  expect(mirrored?.seen.word).not.toBe(word?.seen.word)
  expect(looked).toContain(mirrored?.seen.word)
})

test('brighter and with less contrast, the word is the same', () => {
  expect(patchWord(patch((x, y) => 60 + value(x, y) / 2))?.seen.word).toBe(word?.seen.word)
})

test('with noise, it is one of those it may turn into, mirrored too', () => {
  const noisy = patchWord(patch((x, y) => value(x, y) + 3 * Math.cos(7 * x + 11 * y)))
  const flipped = patchWord(patch((x, y) => value(patchSize - 1 - x, y) + 3 * Math.cos(7 * x + 11 * y)))
  expect(looked).toContain(noisy?.seen.word)
  expect(looked).toContain(flipped?.seen.word)
})

test('a plain patch has none', () => {
  expect(patchWord(patch(() => 200))).toBeNull()
})
