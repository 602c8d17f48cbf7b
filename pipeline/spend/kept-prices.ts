import { access, copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readPrices } from '../../teachers/prices.ts'
import type { Settings } from '../config.ts'

export const pricesPath = (folder: string) => join(folder, 'prices.json')

/**
 * Keep the price file of a config with its run, so that its costs are known without the config. Throws as `readPrices`.
 */
export async function keepPrices({ folder, prices }: Pick<Settings, 'folder' | 'prices'>): Promise<void> {
  if (prices === undefined) return rm(pricesPath(folder), { force: true })
  await readPrices(prices)
  await copyFile(prices, pricesPath(folder))
}

/** The path of the price file that a run went by, if it was one of the user's. */
export const pricesIn = (folder: string): Promise<string | undefined> =>
  access(pricesPath(folder)).then(
    () => pricesPath(folder),
    () => undefined,
  )
