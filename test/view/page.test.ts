import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { look, startBrowser } from './browser.ts'
import { exported, served } from './exported.ts'
import { manyKinds } from './kinds-of-rows.ts'

let browser: Browser
let url: string
const stack = new AsyncDisposableStack()
beforeAll(async () => {
  browser = stack.adopt(await startBrowser(), each => each.close())
  const place = stack.use(await exported(manyKinds))
  url = stack.use(await served(place.folder)).url
})
afterAll(() => stack.disposeAsync())

/** The page at an address, until the test ends; whatever it does wrong is told then. */
async function shown(fragment = '', screen = {}) {
  const looking = await look(browser, `${url}${fragment}`, screen)
  await looking.page.getByText(/^\d+( of \d+)? rows$/).waitFor()
  return {
    page: looking.page,
    async [Symbol.asyncDispose]() {
      const { requests, ...faults } = looking.seen
      await looking[Symbol.asyncDispose]()
      expect(faults).toEqual({ violations: [], errors: [] })
      const elsewhere = requests.filter(request => !request.url.startsWith(url))
      expect(elsewhere).toEqual([])
    },
  }
}

const tasks = (page: Page) => page.getByRole('row').locator('.about').allTextContents()
const listed = async (page: Page) => (await tasks(page)).map(text => /test\/\w+/.exec(text)?.[0])
const open = (page: Page) => page.getByRole('article').getByRole('heading', { level: 2 }).allTextContents()

test.each<[what: string, fragment: string, rows: string[]]>([
  ['decision', 'decision=dropped', ['test/sibling', 'test/wrong', 'test/twin']],
  ['stage', 'stage=passed', ['test/sibling', 'test/wrong']],
  ['reason', 'reason=answer_wrong', ['test/sibling', 'test/wrong']],
  ['two reasons', 'reason=answer_wrong&reason=same_code', ['test/sibling', 'test/wrong', 'test/twin']],
  ['failed check', 'failed=answer', ['test/wrong']],
  ['category', 'category=search', ['test/search']],
  ['tool', 'tool=text_search', ['test/search']],
  ['teacher', 'teacher=other', ['test/sibling']],
  ['licence', 'licence=CC-BY-4.0', ['test/search']],
  ['siblings', 'siblings=decided+differently', ['test/sibling', 'test/sibling']],
  ['words of the question', 'text=LIGHTHOUSE', ['test/search']],
  ['words of messages', 'text=fresnel&within=messages', ['test/search']],
  ['words that only messages have', 'text=fresnel', []],
  ['two facets', 'decision=kept&category=search', ['test/search']],
  ['a value that no row has', 'reason=nothing', []],
  ['a facet that is not known', 'nonsense=1', ['test/plain', 'test/search', 'test/sibling']],
])('the list is filtered by %s, as the address says', async (_, fragment, rows) => {
  await using here = await shown(`#${fragment}`)
  await expect.poll(() => listed(here.page)).toEqual(expect.arrayContaining(rows))
  if (fragment !== 'nonsense=1') expect((await listed(here.page)).length).toBe(rows.length)
})

test('a click on a value filters, and its number is what the click gives', async () => {
  await using here = await shown()
  const { page } = here
  const value = page.getByRole('group', { name: 'Reason' }).locator('label', { hasText: 'answer_wrong' })
  expect(await value.locator('.number').textContent()).toBe('2')
  await value.click()
  await page.getByText('2 of 7 rows').waitFor()
  expect(page.url()).toContain('#reason=answer_wrong')
  await page.goBack()
  await page.getByText('7 rows', { exact: true }).waitFor()
})

test.each([
  ['sort=task_id', (tasks: string[]) => tasks.toSorted()],
  ['sort=-task_id', (tasks: string[]) => tasks.toSorted().reverse()],
])('the list is in the order of %s', async (fragment, order) => {
  await using here = await shown(`#${fragment}`)
  const found = (await listed(here.page)).map(String)
  expect(found).toEqual(order(found))
  expect(new Set(found).size).toBeGreaterThan(3)
})

test('everything is reached by keyboard, and the address follows', async () => {
  await using here = await shown('#sort=task_id')
  const { page } = here
  await page.keyboard.press('j')
  await expect.poll(() => open(page)).toEqual(['test/plain'])
  await page.keyboard.press('j')
  await expect.poll(() => open(page)).toEqual(['test/reminded'])
  await page.keyboard.press('k')
  await expect.poll(() => open(page)).toEqual(['test/plain'])
  expect(page.url()).toMatch(/key=[0-9a-f]{64}/)
  await page.keyboard.press('Escape')
  await expect.poll(() => open(page)).toEqual([])
  await page.keyboard.press('/')
  await page.keyboard.type('jk lighthouse')
  await page.getByText('0 of 7 rows').waitFor()
  expect(await page.locator('#text').inputValue()).toBe('jk lighthouse')
})

test.each<[key: string, then: string[]]>([
  ['Enter', []],
  ['Escape', ['j']],
])('after words, %s leads back to the rows and leaves the words', async (key, then) => {
  await using here = await shown()
  const { page } = here
  await page.keyboard.press('/')
  await page.keyboard.type('lighthouse')
  for (const each of [key, ...then]) await page.keyboard.press(each)
  await expect.poll(() => open(page)).toEqual(['test/search'])
  expect(await page.locator('#text').inputValue()).toBe('lighthouse')
})

test('a row at random is another one each time, and sooner or later every one of the list', async () => {
  await using here = await shown('#decision=dropped')
  const { page } = here
  const seen = new Set<string>()
  for (const _ of Array(30)) {
    const before = page.url()
    await page.keyboard.press('o')
    await expect.poll(() => page.url()).not.toBe(before)
    seen.add(page.url())
  }
  expect(seen.size).toBe(3)
})

test('letters are keys no more when a person switches them off, and the page remembers that', async () => {
  await using here = await shown()
  const { page } = here
  await page.keyboard.press('?')
  const dialog = page.getByRole('dialog', { name: 'Keys' })
  await dialog.getByRole('checkbox').uncheck()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.reload()
  await page.getByText('7 rows', { exact: true }).waitFor()
  await page.keyboard.press('j')
  expect(await open(page)).toEqual([])
  await page.keyboard.press('ArrowDown')
  await expect.poll(() => open(page)).toHaveLength(1)
})

test('siblings that disagree stand side by side', async () => {
  await using here = await shown('#siblings=decided+differently')
  const { page } = here
  await page.getByRole('row').first().click()
  await expect.poll(() => open(page)).toEqual(['test/sibling', 'test/sibling'])
  const [left, right] = await page
    .getByRole('article')
    .locator('.decision')
    .first()
    .locator('xpath=ancestor::main')
    .locator('article header strong')
    .allTextContents()
  expect([left, right].sort()).toEqual(['✓ kept', '✗ dropped'])
  await page.keyboard.press('b')
  await expect.poll(() => open(page)).toHaveLength(1)
  const before = page.url()
  await page.keyboard.press(']')
  await expect.poll(() => page.url()).not.toBe(before)
})

test('a row that is dropped as a duplicate leads to the one that it repeats, and back', async () => {
  await using here = await shown('#reason=same_code')
  const { page } = here
  await page.getByRole('row').click()
  await page.getByText('Named there').getByRole('button', { name: 'test/plain' }).first().click()
  await expect.poll(() => open(page)).toEqual(['test/plain'])
  expect(await page.getByText('Dropped because of this one').textContent()).toContain('test/twin')
})

/** What an open row says, by its task. */
test.each<[task: string, says: string[], pictures: number]>([
  [
    'test/plain',
    ['How wide is the image', 'I measure the image first', 'print(image_1.size)', '(8, 6)', 'answer'],
    1,
  ],
  [
    'test/wrong',
    ['✗ dropped', 'by passed: answer_wrong', 'it says 9', '✗ fail', 'not_equal', 'code_error'],
    1,
  ],
  ['test/search', ['CC-BY-4.0', 'text_search', 'fresnel', 'tasks.jsonl, row 7', 'CC-BY'], 2],
  ['test/reminded', ['Reminded', 'Put it between answer tags', 'Say first what it is for'], 1],
])('the row %s is shown whole', async (task, says, pictures) => {
  await using here = await shown(`#text=${task}`)
  const { page } = here
  await page.getByRole('row').first().click()
  const row = page.getByRole('article')
  await row.getByRole('heading', { name: 'Where it is from' }).waitFor()
  const text = await row.textContent()
  for (const each of says) expect(text).toContain(each)
  expect(await row.getByRole('button', { name: /^image_\d/ }).count()).toBe(pictures)
})

test('a picture is drawn as it is, and larger when it is clicked', async () => {
  await using here = await shown('#text=test/search')
  const { page } = here
  await page.getByRole('row').click()
  const second = page.getByRole('button', { name: /^image_2/ })
  await second.waitFor()
  const colour = `document.querySelectorAll('canvas')[1].getContext('2d').getImageData(5, 5, 1, 1).data.join()`
  await expect.poll(() => page.evaluate(colour)).toBe('204,51,51,255')
  await second.click()
  await page
    .getByRole('dialog', { name: /^image_2/ })
    .getByRole('img')
    .waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
})

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The page's policy lets no script in, so axe runs in a world of its own. */
async function axeFinds(page: Page): Promise<unknown> {
  const session = await page.context().newCDPSession(page)
  const { frameTree } = await session.send('Page.getFrameTree')
  const { executionContextId } = await session.send('Page.createIsolatedWorld', {
    frameId: frameTree.frame.id,
  })
  const expression = `${axe}; axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } })
    .then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 120))]))`
  const { result } = await session.send('Runtime.evaluate', {
    expression,
    contextId: executionContextId,
    awaitPromise: true,
    returnByValue: true,
  })
  return result.value
}

test.each(
  (['light', 'dark'] as const).flatMap(colorScheme => [1280, 390].map(width => ({ colorScheme, width }))),
)('axe finds nothing wrong: $colorScheme, $width px', async screen => {
  await using here = await shown('', screen)
  const { page } = here
  expect(await axeFinds(page)).toEqual([])
  for (const fragment of ['#text=test/search', '#siblings=decided+differently']) {
    await page.goto(`${url}${fragment}`)
    await page.getByRole('row').first().click()
    await page.getByRole('heading', { name: 'Where it is from' }).last().waitFor()
    expect(await axeFinds(page)).toEqual([])
  }
  await page.keyboard.press('?')
  expect(await axeFinds(page)).toEqual([])
})
