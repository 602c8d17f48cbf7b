import { cp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeBundle } from '../../view/bundle.ts'
import { openDesk } from '../../view/desk.ts'
import { pageFiles } from '../../view/page-files.ts'
import { temporaryFolder } from '../fixtures.ts'
import { look, startBrowser } from './browser.ts'
import { exported } from './exported.ts'
import { bucket, nginx, pythonServer, type StartHost } from './hosts.ts'
import { manyKinds } from './kinds-of-rows.ts'

const stack = new AsyncDisposableStack()
let browser: Browser
/** The page of an export as a folder. */
let bundle: string
beforeAll(async () => {
  browser = stack.adopt(await startBrowser(), each => each.close())
  bundle = join(stack.use(await temporaryFolder()).path, 'page')
  const { folder } = stack.use(await exported(manyKinds))
  await writeBundle(bundle, await openDesk(folder), await pageFiles())
})
afterAll(() => stack.disposeAsync())

/** A copy in which something is wrong, or nothing. */
async function copied(harm: (folder: string) => Promise<void> = async () => {}) {
  const place = await temporaryFolder()
  await cp(bundle, place.path, { recursive: true })
  await harm(place.path)
  return place
}

const openFirst = async (page: Page) => {
  await page.getByRole('row').first().click()
  return page.getByRole('article')
}

test.each<[what: string, start: StartHost]>([
  ['nginx', nginx(true)],
  ['a bucket', bucket],
])(
  'from %s a row is shown with its pictures, and nothing but what lies there is asked for',
  async (_, start) => {
    await using host = await start(bundle)
    await using looking = await look(browser, `${host.url}#text=test/search`)
    const row = await openFirst(looking.page)
    await row
      .getByRole('button', { name: /^image_2/ })
      .getByRole('img')
      .waitFor()
    await row.getByRole('heading', { name: 'Where it is from' }).waitFor()
    expect(await row.locator('.missing').allTextContents()).toEqual([])
    const { requests, ...faults } = looking.seen
    expect(faults).toEqual({ violations: [], errors: [] })
    const root = new URL('.', host.url).href
    expect(requests.map(({ url }) => url).filter(url => !url.startsWith(root))).toEqual([])
  },
)

test.each<[what: string, start: StartHost]>([
  ["Python's server", pythonServer],
  ['nginx without ranges', nginx(false)],
])(
  '%s gives no parts of files: rows and what was said are shown, and why there are no pictures',
  async (_, start) => {
    await using host = await start(bundle)
    await using looking = await look(browser, `${host.url}#text=test/plain`)
    const row = await openFirst(looking.page)
    await row.getByText(/This server gives whole files only.*Choose the folder/).waitFor()
    expect(await row.textContent()).toContain('I measure the image first.')
    const asked = looking.seen.requests.map(({ url }) => url).filter(url => url.includes('/tables/'))
    expect(asked.length).toBeGreaterThan(0)
    expect(new Set(asked).size).toBe(asked.length)
    expect(looking.seen).toMatchObject({ violations: [], errors: [] })
  },
)

test('a double click opens the page, and a folder that is chosen there is read with its pictures', async () => {
  await using looking = await look(browser, pathToFileURL(join(bundle, 'index.html')).href)
  const { page, seen } = looking
  await page.getByText('A page that is opened as a file reads nothing by itself. Choose the folder').waitFor()
  await page.locator('input[type=file]').setInputFiles(bundle)
  await page.getByText('7 rows', { exact: true }).waitFor()
  const row = await openFirst(page)
  await row.getByRole('img').first().waitFor()
  expect(await row.locator('.missing').count()).toBe(0)
  expect(seen).toMatchObject({ violations: [], errors: [] })
})

const shard = async (folder: string) => join(folder, 'hf/data/train-00000-of-00001.parquet')
const cut = async (path: string) => truncate(path, Math.floor((await stat(path)).size / 2))

/** A picture that says it is 60,000 pixels wide and high (PNG, w3.org/TR/png-3, 11.2.1). */
const bomb = Buffer.concat([
  Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
  Buffer.from([0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]),
])

/** Writes over the first picture of the shard: its bytes lie there as they are. */
async function overPicture(folder: string, bytes: Buffer) {
  const path = await shard(folder)
  const file = await readFile(path)
  for (let at = file.indexOf('\x89PNG', 0, 'latin1'); at >= 0; at = file.indexOf('\x89PNG', at + 1, 'latin1'))
    bytes.copy(file, at)
  await writeFile(path, file)
}

test.each<[what: string, harm: (folder: string) => Promise<void>, opens: boolean, said: RegExp]>([
  [
    'a table of rows that is cut off',
    folder => cut(join(folder, 'tables/rows.parquet')),
    false,
    /rows\.parquet cannot be read: it is cut off/,
  ],
  [
    'a table of rows that is empty',
    folder => writeFile(join(folder, 'tables/rows.parquet'), ''),
    false,
    /rows\.parquet cannot be read/,
  ],
  [
    'a table of rows that is text',
    folder => writeFile(join(folder, 'tables/rows.parquet'), 'key\n'.repeat(99)),
    false,
    /rows\.parquet cannot be read/,
  ],
  [
    'a table of rows that is another one',
    folder =>
      cp(join(folder, 'tables/../hf/data/train-00000-of-00001.parquet'), join(folder, 'tables/rows.parquet')),
    false,
    /no table of kindling/,
  ],
  [
    'no table of rows',
    folder => rm(join(folder, 'tables/rows.parquet')),
    false,
    /has no tables\/rows\.parquet/,
  ],
  [
    'a table of calls that is cut off',
    folder => cut(join(folder, 'tables/calls.parquet')),
    true,
    /calls\.parquet cannot be read/,
  ],
  [
    'a shard that is cut off',
    async folder => cut(await shard(folder)),
    true,
    /train-00000-of-00001\.parquet cannot be read/,
  ],
  [
    'a shard of other rows',
    async folder => cp(join(folder, 'rejected/data/rejected-00000-of-00001.parquet'), await shard(folder)),
    true,
    /of different exports/,
  ],
  [
    'pictures that are damaged',
    folder => overPicture(folder, Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDX', 'latin1')),
    true,
    /it is damaged/,
  ],
  [
    'pictures that are none',
    folder => overPicture(folder, Buffer.from('<svg onload=alert(1)>')),
    true,
    /it is no PNG, JPEG, WebP or GIF/,
  ],
  [
    'pictures that would fill the memory',
    folder => overPicture(folder, bomb),
    true,
    /60000 × 60000 pixels are too many/,
  ],
])('%s: the page says so in one sentence', async (_, harm, opens, said) => {
  await using folder = await copied(harm)
  await using looking = await look(browser, pathToFileURL(join(bundle, 'index.html')).href)
  const { page } = looking
  await page.locator('input[type=file]').setInputFiles(folder.path)
  if (opens) await openFirst(page)
  await page.getByText(said).first().waitFor()
  expect(looking.seen.errors).toEqual([])
})

test('a folder that holds something is not written into', async () => {
  await using folder = await copied()
  const desk = await openDesk(folder.path)
  await expect(writeBundle(folder.path, desk, await pageFiles())).rejects.toThrow(
    /is not empty; name a folder/,
  )
})
