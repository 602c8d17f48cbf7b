// What memory the page holds as rows of a large export, with five pictures each, are opened one after another.
import { served } from '../../test/view/exported.ts'
import { bigExport } from './big-export.ts'
import { opened, settled } from './settled.ts'
import { unwatchedPage } from './unwatched.ts'

const rows = Number(process.argv[2] ?? 20_000)
const [opens, rounds] = [200, 3]

await using server = await served(await bigExport(rows))
const pressed = "document.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }))"
await using page = await unwatchedPage(server.url)
await settled(page, `document.body?.innerText.includes('${rows.toLocaleString('en')} rows')`)
console.log(`  memory of the page before a row is opened: ${(await page.memory()).toFixed(0)} MB`)
for (const round of Array(rounds).keys()) {
  for (const number of Array(opens).keys()) {
    await page.evaluate(pressed)
    await opened(page, round * opens + number + 1)
  }
  console.log(`  after ${(round + 1) * opens} rows: ${(await page.memory()).toFixed(0)} MB`)
}
