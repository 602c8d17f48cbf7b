import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lengthOf } from '../../../output/length/counter.ts'
import { estimatedTokens } from '../../../output/length/estimate.ts'
import { type Lengths, lengthCounter } from '../../../output/length/lengths.ts'
import { cutoffOf } from '../../../output/length/totals.ts'
import { temporaryFolder } from '../../fixtures.ts'

const wordTokenizer = {
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'WhitespaceSplit' },
  post_processor: null,
  decoder: null,
  model: { type: 'WordLevel', vocab: { a: 0, '<unk>': 1 }, unk_token: '<unk>' },
}

test('a row is as long as its messages, its pictures and what the template says itself', () => {
  const counter = lengthCounter({})
  const row = { texts: ['How wide is it?', '42'], pictures: [{ width: 640, height: 480 }], template: 100 }
  const [asked, said] = row.texts.map(estimatedTokens)
  expect(lengthOf(row, counter)).toBe(Number(asked) + Number(said) + 2 * counter.message + 393 + 100)
})

test('a tokenizer.json that the config names counts texts exactly, and is named', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'tokenizer.json')
  await writeFile(path, JSON.stringify(wordTokenizer))
  const counter = lengthCounter({ tokenizer: path })
  expect([counter.text('a a a'), counter.exact]).toEqual([3, true])
  expect(counter.name).toMatch(/^qwen2_5_vl, tokenizer\.json [0-9a-f]{12}$/)
})

test.each<[name: string, lengths: Lengths, tokens: number]>([
  ['by default as Qwen2.5-VL', {}, 1371],
  ['as Qwen3-VL', { family: 'qwen3_vl' }, 1026],
  ['after it is scaled down', { maxPixels: 262_144 }, 326],
  ['after it is scaled up', { minPixels: 4_000_000 }, 5186],
])('a picture is counted %s', (_, lengths, tokens) => {
  expect(lengthCounter(lengths).picture({ width: 1024, height: 1024 })).toBe(tokens)
})

test.each<[name: string, lengths: Lengths, line: string]>([
  [
    'a tokenizer that is not there',
    { tokenizer: 'no/such.json' },
    'lengths: no/such.json cannot be read as a',
  ],
  [
    'bounds between which nothing lies',
    { minPixels: 900, maxPixels: 800 },
    'lengths: pictures of 900 pixels',
  ],
])('%s is refused in one line', (_, lengths, line) => {
  expect(() => lengthCounter(lengths)).toThrow(line)
})

test.each([0, 1, 250, 251, 4096, 100_000])('the cutoff for %i tokens is above them', longest => {
  expect(cutoffOf({ longest })).toBeGreaterThan(longest)
})
