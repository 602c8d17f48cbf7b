// What the page takes of a large export in a real browser: time and bytes until the first rows are shown, and of a row
// that is opened.
import { type Looking, look, startBrowser } from '../../test/view/browser.ts'
import { served } from '../../test/view/exported.ts'
import { bigExport } from './big-export.ts'
import { opened, settled } from './settled.ts'

const rows = Number(process.argv[2] ?? 20_000)
const [opens, rounds] = [100, 2]

const kB = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`
const total = ({ seen }: Looking, from = 0) =>
  seen.requests.slice(from).reduce((sum, { bytes }) => sum + bytes, 0)
const middle = (values: number[], share = 0.5) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0

/** Notes when the first row was painted, in ms since the page was asked for. */
const noting = `new MutationObserver((_, observer) => {
  if (!document.querySelector('.item')) return
  observer.disconnect()
  requestAnimationFrame(() => setTimeout(() => { globalThis.painted = performance.now() }))
}).observe(document, { childList: true, subtree: true })`

await using server = await served(await bigExport(rows))
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
