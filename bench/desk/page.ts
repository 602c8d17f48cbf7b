// What the page takes of a large export in a real browser: time and bytes until the first rows are shown, bytes and time
// of a row that is opened, and the memory of the page as rows are opened one after another.
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Looking, look, startBrowser } from '../../test/view/browser.ts'
import { served } from '../../test/view/exported.ts'
import { writeBigExport } from './big-export.ts'
import { unwatchedPage } from './unwatched.ts'

const rows = Number(process.argv[2] ?? 20_000)
const folder = process.argv[3] ?? join(tmpdir(), `kindling-desk-${rows}`, 'export')
const [opens, rounds] = [200, 3]

const kB = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`
const total = ({ seen }: Looking, from = 0) =>
  seen.requests.slice(from).reduce((sum, { bytes }) => sum + bytes, 0)
const middle = (values: number[], share = 0.5) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0

type Evaluates = { evaluate(expression: string): Promise<unknown> }

/** Resolves when the row with this number is the open one and its pictures are drawn. */
const opened = (page: Evaluates, number: number) =>
  settled(
    page,
    `document.querySelector('[aria-selected=true]')?.getAttribute('aria-rowindex') === '${number}' &&
      [...document.querySelectorAll('article canvas')].filter(({ width }) => width !== 300).length === 5`,
  )

/** The page looks itself at each frame: its policy lets nobody else's script wait in it. */
const settled = (page: Evaluates, what: string) =>
  page.evaluate(
    `new Promise(done => { const look = () => ${what} ? done() : requestAnimationFrame(look); look() })`,
  )

/** Notes when the first row was painted, in ms since the page was asked for. */
const noting = `new MutationObserver((_, observer) => {
  if (!document.querySelector('.item')) return
  observer.disconnect()
  requestAnimationFrame(() => setTimeout(() => { globalThis.painted = performance.now() }))
}).observe(document, { childList: true, subtree: true })`

if (!existsSync(folder)) await writeBigExport(folder, rows)
await using server = await served(folder)
const browser = await startBrowser()

console.log(`${rows} rows with 5 pictures of 24 kB each`)
for (const _ of Array(5)) {
  await using looking = await look(browser, 'about:blank')
  const { page } = looking
  await page.addInitScript(noting)
  await page.goto(server.url)
  await settled(page, 'globalThis.painted')
  const bytes = total(looking)
  const ms = Number(await page.evaluate('globalThis.painted'))
  await page.getByText(`${rows.toLocaleString('en')} rows`, { exact: true }).waitFor()
  const all = Number(await page.evaluate('performance.now()'))
  console.log(
    `  first rows ${ms.toFixed(0)} ms, ${kB(bytes)}; all ${all.toFixed(0)} ms, ${kB(total(looking))}`,
  )
}

await using looking = await look(browser, server.url)
const { page, seen } = looking
await page.getByText(`${rows.toLocaleString('en')} rows`, { exact: true }).waitFor()
for (const round of Array(rounds).keys()) {
  const [bytes, times]: [number[], number[]] = [[], []]
  for (const number of Array(opens).keys()) {
    const [from, begun] = [seen.requests.length, performance.now()]
    await page.keyboard.press('j')
    await opened(page, round * opens + number + 1)
    times.push(performance.now() - begun)
    bytes.push(total(looking, from))
  }
  const at = (values: number[]) => [0.5, 0.95].map(share => middle(values, share).toFixed(0))
  const [size, time] = [at(bytes.map(each => each / 1000)), at(times)]
  console.log(
    `  ${(round + 1) * opens} rows opened: ${size.join(' kB (95 %: ')} kB) a row, ${time.join(' ms (95 %: ')} ms)`,
  )
}
await browser.close()

const pressed = "document.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }))"
await using alone = await unwatchedPage(server.url)
await settled(alone, `document.body?.innerText.includes('${rows.toLocaleString('en')} rows')`)
console.log(`  memory of the page before a row is opened: ${(await alone.memory()).toFixed(0)} MB`)
for (const round of Array(rounds).keys()) {
  for (const number of Array(opens).keys()) {
    await alone.evaluate(pressed)
    await opened(alone, round * opens + number + 1)
  }
  console.log(`  after ${(round + 1) * opens} rows: ${(await alone.memory()).toFixed(0)} MB`)
}
