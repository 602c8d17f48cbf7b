import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { look, startBrowser } from './browser.ts'
import { exported, served } from './exported.ts'

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser.close())

test('the page lists the rows of an export and opens one with its pictures', async () => {
  await using place = await exported()
  await using server = await served(place.folder)
  await using looking = await look(browser, server.url)
  const { page, seen } = looking
  await page.getByText('4 rows').waitFor()
  await page.getByRole('row').nth(2).click()
  const row = page.getByRole('article')
  await row.getByRole('img').last().waitFor()
  expect(await row.getByRole('img').count()).toBe(2)
  expect(await row.textContent()).toContain('How wide is the image, in pixels?')
  expect(seen).toMatchObject({ violations: [], errors: [] })
  expect(seen.requests.filter(({ url }) => !url.startsWith(server.url))).toEqual([])
})
