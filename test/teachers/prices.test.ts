import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { modelOf, type Price, priceOf, readPrices, usdOf } from '../../teachers/prices.ts'
import { modelName } from '../../teachers/program/respond.ts'
import { temporaryFolder } from '../fixtures.ts'

const price = (models: string[], changes: Partial<Price> = {}): Price => ({
  models,
  date: '2026-01-01',
  source: 'a test',
  input: 10,
  cachedInput: 1,
  cacheWrite: 12,
  output: 100,
  ...changes,
})

const nothing = { input: 0, output: 0, cached: 0, reasoning: 0 }

test('a model is known by its name, or by the longest beginning that ends in a star', () => {
  const [short, long, exact] = [price(['model-*']), price(['model-5-*']), price(['model-5-mini'])]
  const prices = [[short, long, exact]]
  expect(priceOf(prices, 'model-4')).toBe(short)
  expect(priceOf(prices, 'model-5-2025')).toBe(long)
  expect(priceOf(prices, 'model-5-mini')).toBe(exact)
  expect(priceOf(prices, 'model')).toBeUndefined()
  expect(priceOf(prices, 'model-5-mini*')).toBe(long)
})

test('the first list that knows a model decides, even where a later one knows it better', () => {
  const own = price(['gpt-*'])
  expect(priceOf([[own], [price(['gpt-5'])]], 'gpt-5')).toBe(own)
})

const uses: [string, Parameters<typeof usdOf>[0], number][] = [
  ['nothing', { usage: nothing, images: 0 }, 0],
  ['plain input and output', { usage: { ...nothing, input: 1000, output: 10 }, images: 0 }, 0.011],
  ['cached input', { usage: { ...nothing, input: 1000, cached: 600 }, images: 0 }, 0.0046],
  ['input written to the cache', { usage: { ...nothing, input: 1000, cacheWrite: 500 }, images: 0 }, 0.011],
  ['reasoning, which is output', { usage: { ...nothing, output: 10, reasoning: 9 }, images: 0 }, 0.001],
  ['images', { usage: nothing, images: 3 }, 0.06],
  ['a long call', { usage: { ...nothing, input: 2001, output: 10 }, images: 0 }, 0.04202],
]

test.each(uses)('%s is charged at its own rate', (_, used, usd) => {
  const long = { over: 2000, input: 20, cachedInput: 2, cacheWrite: 24, output: 200 }
  expect(usdOf(used, price(['m'], { perImage: 0.02, long }))).toBeCloseTo(usd, 10)
})

test('the prices that come with kindling are dated and sourced, and the program is free', async () => {
  const [shipped = []] = await readPrices()
  expect(shipped.length).toBeGreaterThan(15)
  for (const { models, date, source, input, cachedInput, output } of shipped) {
    expect(Number.isNaN(Date.parse(date)), models[0]).toBe(false)
    expect(source, models[0]).not.toBe('')
    expect(cachedInput, models[0]).toBeLessThanOrEqual(input)
    expect(output, models[0]).toBeGreaterThanOrEqual(input)
  }
  const names = shipped.flatMap(({ models }) => models)
  expect(new Set(names).size).toBe(names.length)
  const used = { usage: { ...nothing, input: 1e6, output: 1e6 }, images: 9 }
  expect(usdOf(used, priceOf([shipped], modelName) ?? price([]))).toBe(0)
  expect(priceOf([shipped], 'gpt-5-2025-08-07')?.input).toBe(1.25)
  expect(priceOf([shipped], 'gpt-5-mini')?.input).toBe(0.25)
  expect(priceOf([shipped], 'gpt-5-turbo-unheard-of')).toBeUndefined()
})

test('a price file of one’s own comes before the one that comes with kindling', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'prices.json')
  await writeFile(path, JSON.stringify({ prices: [price(['gpt-5', 'my-model'])] }))
  const prices = await readPrices(path)
  expect(priceOf(prices, 'gpt-5')?.input).toBe(10)
  expect(priceOf(prices, 'my-model')?.input).toBe(10)
  expect(priceOf(prices, 'gpt-5-mini')?.input).toBe(0.25)
})

const wrong: [string, string, RegExp][] = [
  ['is not JSON', '{', /prices\.json: it must be object/],
  [
    'has a negative price',
    JSON.stringify({ prices: [price(['m'], { input: -1 })] }),
    /prices\.0\.input must be >= 0/,
  ],
  ['has an unknown field', JSON.stringify({ prices: [{ ...price(['m']), inputs: 1 }] }), /inputs/],
  ['has no date', JSON.stringify({ prices: [price(['m'], { date: 'today' })] }), /prices\.0\.date/],
]

test.each(wrong)('a price file that %s is refused by name', async (_, text, message) => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'prices.json')
  await writeFile(path, text)
  await expect(readPrices(path)).rejects.toThrow(message)
})

test('a price file that is not there is refused by name', async () => {
  await expect(readPrices('nowhere/prices.json')).rejects.toThrow(
    /nowhere\/prices\.json cannot be read \(ENOENT\)/,
  )
})

test('a teacher’s model is the one in its options, or else its name', () => {
  expect(modelOf({ name: 'a', options: { model: 'm' } })).toBe('m')
  expect(modelOf({ name: 'a', options: {} })).toBe('a')
})
