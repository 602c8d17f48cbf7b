import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { look, startBrowser } from '../../view/browser.ts'
import { config, place } from '../command.ts'

test('twenty rows labelled by keyboard alone are twenty lines, and `curate` drops the bad ones', async () => {
  await using here = await place()
  await here.tasks(Array.from({ length: 20 }, () => ({})))
  expect((await here.kindling(['run', config])).code).toBe(0)

  const { child, ended } = here.start([
    'view',
    'runs/command',
    '--no-open',
    '--json',
    '--labels',
    'labels.jsonl',
  ])
  const [said] = await once(child.stdout ?? child, 'data')
  const { url } = JSON.parse(String(said))
  const browser = await startBrowser()
  await using looking = await look(browser, url)
  const { page, seen } = looking
  await page.getByRole('row').first().waitFor()
  await page.keyboard.press('Enter')
  // Nothing is said before somebody has a name.
  await page.keyboard.press('a')
  await page.keyboard.type('Ann')
  await page.keyboard.press('Escape')
  for (let row = 1; row <= 20; row++) await page.keyboard.press(row % 4 === 0 ? 'x' : 'a')
  await page.getByRole('status').getByText('bad, 20 of 20').waitFor()
  const written = async () =>
    (await readFile(join(here.folder, 'labels.jsonl'), 'utf8')).split('\n').length - 1
  await expect.poll(written, { timeout: 60_000 }).toBe(20)
  expect(seen).toMatchObject({ violations: [], errors: [] })
  await browser.close()
  process.kill(child.pid ?? 0, 'SIGTERM')
  expect((await ended).code).toBe(0)

  const curated = await here.kindling(['curate', 'labelled.config.ts', '--json'])
  expect(JSON.parse(curated.out).counts).toMatchObject({ kept: 15, dropped: { 'labelled/label_bad': 5 } })
})
