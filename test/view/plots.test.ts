import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allCharts } from '../../charts/all.ts'
import { look, startBrowser } from './browser.ts'
import { exported, served } from './exported.ts'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser.close())

async function opened(page: Page) {
  await page.getByRole('button', { name: 'Plots' }).click()
  const plots = page.getByRole('dialog', { name: 'Plots' })
  await plots.getByRole('heading', { name: 'Licences' }).waitFor()
  return plots
}

test('plots are drawn of the rows that are listed, by a script that is fetched for them alone', async () => {
  await using place = await exported()
  await using server = await served(place.folder)
  await using looking = await look(browser, server.url)
  const { page, seen } = looking
  await page.getByText('4 rows').waitFor()
  const scripts = () =>
    seen.requests.filter(({ url }) => url.endsWith('.js')).map(({ url }) => url.split('/').at(-1))
  expect(scripts()).toEqual(['view.js'])

  const plots = await opened(page)
  expect(await plots.getByRole('heading', { level: 3 }).allTextContents()).toEqual(
    allCharts.map(({ title }) => title),
  )
  expect(await plots.getByRole('heading', { level: 2 }).textContent()).toBe('Plots of 4 rows')
  expect(await plots.getByRole('img', { name: 'Funnel' }).count()).toBe(1)
  expect(await plots.getByRole('row', { name: /^all rollouts 4/ }).count()).toBe(1)
  expect(scripts()).toEqual(['view.js', 'plots.js'])
  await page.keyboard.press('Escape')
  await plots.waitFor({ state: 'detached' })

  await page.getByRole('checkbox', { name: /^kept/ }).check()
  await page.getByText('2 of 4 rows').waitFor()
  await opened(page)
  expect(await plots.getByRole('row', { name: /^all rollouts 2/ }).count()).toBe(1)
  expect(seen).toMatchObject({ violations: [], errors: [] })
  expect(seen.requests.filter(({ url }) => !url.startsWith(server.url))).toEqual([])
})

test.each([
  ['light', 1280],
  ['dark', 390],
] as const)('in %s, %d wide, axe finds nothing and nothing is cut off', async (colorScheme, width) => {
  await using place = await exported()
  await using server = await served(place.folder)
  await using looking = await look(browser, server.url, { colorScheme, width })
  const { page } = looking
  const plots = await opened(page)
  const drawn = await plots.getByRole('img', { name: 'Funnel' }).boundingBox()
  expect(drawn?.width).toBeLessThanOrEqual(width)
  const fills = await page.evaluate<string[]>(
    `[...document.querySelectorAll('.plots .chart rect')].map(bar => getComputedStyle(bar).fill)`,
  )
  expect(fills.length).toBeGreaterThan(20)
  expect(fills.filter(fill => fill === 'none')).toEqual([])
  await page.evaluate(axe)
  const { violations } = await page.evaluate<{ violations: { id: string }[] }>(`axe.run('dialog')`)
  expect(violations.map(({ id }) => id)).toEqual([])
})
