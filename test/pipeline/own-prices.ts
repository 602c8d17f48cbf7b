import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Price } from '../../teachers/prices.ts'
import { temporaryFolder } from '../fixtures.ts'

type Rates = Pick<Price, 'input' | 'cachedInput' | 'cacheWrite' | 'output'>

/** A price file for some models, in USD per million tokens. */
export async function ownPrices(models: Record<string, Rates>) {
  const folder = await temporaryFolder()
  const path = join(folder.path, 'prices.json')
  const prices = Object.entries(models).map(([model, rates]) => ({
    models: [model],
    date: '2026-01-01',
    source: 'a test',
    ...rates,
  }))
  await writeFile(path, JSON.stringify({ prices }))
  return { path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}
