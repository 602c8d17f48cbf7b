import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readLabels } from '../../labels/label-file.ts'
import { sha256 } from '../../schemas/hash.ts'
import { look, type Seen, startBrowser } from './browser.ts'
import { exported, served } from './exported.ts'

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser.close())

interface Bench {
  page: Page
  seen: Seen
  file: string
  /** What was written so far: who said what, with all reasons. */
  lines(): Promise<string[]>
  /** Waits until so many lines are there. */
  written(count: number): Promise<string[]>
}

/** Does something with the first row open and a name given. */
async function labelling(work: (bench: Bench) => Promise<void>, name = 'Ann') {
  await using place = await exported()
  const file = join(dirname(place.folder), 'labels.jsonl')
  await using server = await served(place.folder, file)
  await using looking = await look(browser, server.url)
  const { page, seen } = looking
  await page.getByRole('row').nth(3).waitFor()
  await page.keyboard.press('Enter')
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('Your name').press('Tab')
  await page.locator('body').click({ position: { x: 2, y: 2 } })
  const lines = async () =>
    (await readFile(file, 'utf8').catch(() => ''))
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line))
      .map(({ by, label, reasons }) => [by, String(label), ...reasons].join(' '))
  const written = async (count: number) => {
    await expect.poll(lines, { timeout: 60_000 }).toHaveLength(count)
    return lines()
  }
  await work({ page, seen, file, lines, written })
  expect(seen).toMatchObject({ violations: [], errors: [] })
}

const press = async (page: Page, ...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key)
}

test.each<[string, string[], string[]]>([
  ['each word has two keys', ['a', 'x', ' '], ['Ann good', 'Ann bad', 'Ann unsure']],
  ['the digits are the same', ['1', '2', '3'], ['Ann good', 'Ann bad', 'Ann unsure']],
  ['rows can be passed by', ['j', 'x', 'k', 'k', 'a'], ['Ann bad', 'Ann good']],
  ['a label can be taken back', ['x', 'u'], ['Ann bad', 'Ann null']],
  ['taking back ends where nothing is left', ['x', 'u', 'Backspace'], ['Ann bad', 'Ann null']],
  ['what was said before comes back', ['x', 'k', 'a', 'u'], ['Ann bad', 'Ann good', 'Ann bad']],
  ['reasons go with the word', ['r', ' ', 'Tab', ' ', 'x'], ['Ann bad wrong_answer needless_tool']],
  ['Space presses what has the focus', ['r', ' ', ' ', 'x'], ['Ann bad']],
])('%s', (_, keys, lines) =>
  labelling(async ({ page, written }) => {
    await press(page, ...keys)
    expect(await written(lines.length)).toEqual(lines)
  }),
)

test('a label says which row and export it is of, with note, turn and box', () =>
  labelling(async ({ page, file, written }) => {
    const key = new URL(page.url()).hash.replace(/.*key=/, '')
    await press(page, 'n')
    await page.keyboard.type('axn 123 <b>bold</b>')
    await page.getByRole('textbox', { name: 'Turn' }).fill('1')
    await page.getByRole('textbox', { name: 'Box' }).fill('1 2 3 40 30.5')
    await press(page, 'Escape', '2')
    await written(1)
    const manifest = sha256(await readFile(join(dirname(file), 'export/manifest.json')))
    const about = {
      label_version: 1,
      key,
      manifest,
      by: 'Ann',
      label: 'bad',
      note: 'axn 123 <b>bold</b>',
      turn: 1,
    }
    expect(readLabels(file).labels).toMatchObject([
      { ...about, box: { image: 0, left: 2, top: 3, right: 40, bottom: 30.5 } },
    ])
  }))

test('a box is drawn with the mouse, in pixels of the picture', () =>
  labelling(async ({ page, file, written }) => {
    const picture = page.getByRole('article').getByRole('img').first()
    await expect.poll(() => picture.getAttribute('data-width')).toBe('80')
    await expect.poll(async () => (await picture.boundingBox())?.width).toBe(80)
    await page.getByRole('button', { name: 'Draw the box' }).click()
    const { x = 0, y = 0 } = (await picture.boundingBox()) ?? {}
    await page.mouse.move(x + 60, y + 50)
    await page.mouse.down()
    await page.mouse.move(x + 20, y + 10)
    await page.mouse.up()
    expect(await page.getByRole('textbox', { name: 'Box' }).inputValue()).toBe('1 20 10 60 50')
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.getByRole('button', { name: 'bad' }).first().click()
    await written(1)
    const box = { image: 0, left: 20, top: 10, right: 60, bottom: 50 }
    expect(readLabels(file).labels).toMatchObject([{ box }])
  }))

test('progress is told, also to those who do not see it, and so is a box that is none', () =>
  labelling(async ({ page, lines }) => {
    await press(page, 'x')
    await page.getByRole('status').getByText('bad, 1 of 4').waitFor()
    await page.getByRole('textbox', { name: 'Box' }).fill('1 2 3')
    await press(page, 'Escape', 'a')
    await page.getByRole('status').getByText('a box is five numbers').waitFor()
    expect(await lines()).toEqual(['Ann bad'])
  }))

test('two people label the same row, each once', () =>
  labelling(async ({ page, file, written }) => {
    await press(page, 'x', 'k')
    await page.getByLabel('Your name').fill('Ben')
    await press(page, 'Tab')
    await page.locator('body').click({ position: { x: 2, y: 2 } })
    await press(page, 'a')
    expect(await written(2)).toEqual(['Ann bad', 'Ben good'])
    expect([...readLabels(file).rows.values()].map(({ label }) => label)).toEqual(['disagreement'])
  }))

test('nobody labels without a name, and keys do nothing while somebody writes', () =>
  labelling(async ({ page, lines }) => {
    await press(page, 'x')
    await page.getByRole('status').getByText('say first who you are').waitFor()
    await page.keyboard.type('ax 12')
    expect(await page.getByLabel('Your name').inputValue()).toBe('ax 12')
    expect(await lines()).toEqual([])
  }, ''))

test('letters can be switched off; buttons still work', () =>
  labelling(async ({ page, written }) => {
    await press(page, '?')
    await page.getByLabel('Letters and signs are keys').uncheck()
    await page.getByRole('button', { name: 'Close' }).click()
    await press(page, 'x', '2', 'a')
    await page.getByRole('button', { name: 'unsure' }).click()
    expect(await written(1)).toEqual(['Ann unsure'])
  }))

test('what was typed is there again after the tab was closed', () =>
  labelling(async ({ page, written }) => {
    await press(page, 'n')
    await page.keyboard.type('half a th')
    await page.getByLabel('bad_reasoning').check()
    const url = page.url()
    const again = await page.context().newPage()
    await page.close()
    await again.goto(url)
    await expect.poll(() => again.getByLabel('Note').inputValue()).toBe('half a th')
    expect(await again.getByLabel('bad_reasoning').isChecked()).toBe(true)
    await again.getByRole('button', { name: 'bad', exact: false }).first().click()
    expect(await written(1)).toEqual(['Ann bad bad_reasoning'])
  }))

test('what helps most comes first where that is wanted, and says why', () =>
  labelling(async ({ page, written }) => {
    await press(page, 'q')
    await page.getByText('1 of 2 rollouts of its task were kept').waitFor()
    await press(page, 'a', 'a')
    await written(2)
  }))

test('a label that cannot be written waits in the browser, and goes out with the next one', async () => {
  await using place = await exported()
  const file = join(dirname(place.folder), 'later', 'labels.jsonl')
  await using server = await served(place.folder, file)
  await using looking = await look(browser, server.url)
  const { page } = looking
  await page.getByRole('row').nth(3).waitFor()
  await press(page, 'Enter', 'a')
  await page.keyboard.type('Ann')
  await press(page, 'Escape', 'x')
  await page.getByRole('status').getByText('not written: ').waitFor()
  await page.reload()
  await page.getByRole('status').getByText('not written: ').waitFor()
  await mkdir(dirname(file))
  await press(page, 'a')
  await expect
    .poll(() => readFile(file, 'utf8').catch(() => ''), { timeout: 60_000 })
    .toMatch(/"bad".*\n.*"good".*\n$/)
})

test('where nothing takes labels, they are saved as a file', async () => {
  await using place = await exported()
  await using server = await served(place.folder)
  await using looking = await look(browser, server.url)
  const { page, seen } = looking
  await page.getByRole('row').nth(3).waitFor()
  await press(page, 'Enter', 'a')
  await page.keyboard.type('Ann')
  await press(page, 'Escape', 'x', 'a')
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save 2 labels' }).click()
  const download = await saved
  expect(download.suggestedFilename()).toBe('labels.jsonl')
  const words = [...readLabels(await download.path()).rows.values()].map(({ label }) => label)
  expect(words.sort()).toEqual(['bad', 'good'])
  expect(seen).toMatchObject({ violations: [], errors: [] })
})

test('in a narrow window reasons and note are folded away until a key asks for them', async () => {
  await using place = await exported()
  await using server = await served(place.folder)
  await using looking = await look(browser, server.url, { width: 390 })
  const { page } = looking
  await page.getByRole('row').first().click()
  const note = page.getByRole('textbox', { name: 'Note' })
  await page.getByRole('button', { name: 'good' }).waitFor()
  expect(await note.isVisible()).toBe(false)
  await page.keyboard.press('n')
  await page.keyboard.type('narrow')
  expect(await note.inputValue()).toBe('narrow')
})
