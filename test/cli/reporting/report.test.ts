import { copyFile, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allCharts } from '../../../charts/all.ts'
import { figuresOf } from '../../../cli/reporting/figures.ts'
import { reportMarkdown } from '../../../cli/reporting/markdown.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { look, startBrowser } from '../../view/browser.ts'
import { commandIn } from '../command.ts'
import { type Given, rowOf, writeExport } from '../comparing/exports.ts'

const evil = '```<img src=x onerror="pwned=1"><script>pwned=1</script>`|\u202e\u0000](javascript:pwned=1)'

const rows: Given[] = [
  ...Array.from({ length: 6 }, (_, index) => ({ task: `t${index}` })),
  { task: 't6', fate: 'wrong' },
  { task: 't7', category: evil, teacher: evil, fate: evil },
]

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let browser: Browser
let before: string
let after: string
beforeAll(async () => {
  folder = await temporaryFolder()
  browser = await startBrowser()
  before = await writeExport(folder.path, rows)
  after = await writeExport(folder.path, rows.slice(1))
})
afterAll(async () => {
  await browser.close()
  await folder[Symbol.asyncDispose]()
})

const report = (...args: string[]) => commandIn(folder.path, {}).kindling(['report', ...args])

const linesIn = (out: string, index = 0) => JSON.parse(out).reports[index].charts

async function violationsIn(page: Page): Promise<string[]> {
  // The page's own policy lets no script in, so this one comes from the browser's side.
  await page.evaluate(axe)
  const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
    'axe.run()',
  )
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}

test('a report is one page of drawings and numbers that runs and fetches nothing, whatever rows say', async () => {
  expect(await report(before)).toMatchObject({
    code: 0,
    err: '',
    out: `report.html: 9 charts of ${before}\n`,
  })
  const path = join(folder.path, 'report.html')
  for (const [colorScheme, width] of [
    ['light', 1280],
    ['dark', 390],
  ] as const) {
    await using looking = await look(browser, `file://${path}`, { colorScheme, width })
    const { page, seen } = looking
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual(
      allCharts.map(({ title }) => title),
    )
    for (const title of ['Funnel', 'Turns', 'Licences'])
      expect(await page.getByRole('img', { name: title, exact: true }).count(), title).toBe(1)
    expect(await page.getByRole('cell', { name: 'passed/answer_wrong' }).count()).toBe(1)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    expect(await page.evaluate('typeof pwned')).toBe('undefined')
    expect(seen).toMatchObject({ violations: [], errors: [] })
    expect(seen.requests.map(({ url }) => url)).toEqual([`file://${path}`])
    expect(await violationsIn(page)).toEqual([])
  }
  expect(await readFile(path, 'utf8')).not.toMatch(/<(script|link|iframe|img)|\u202e|\p{Cs}/u)
})

test('in Markdown the drawings are pictures that a browser shows, and tables hold what rows say as text', async () => {
  const text = reportMarkdown([await figuresOf(before)], null)
  const pictures = [...text.matchAll(/^!\[([^\]]+)\]\((data:image\/svg\+xml;base64,[\w+/=]+)\)$/gm)]
  expect(pictures.map(([, title]) => title)).toEqual(
    expect.arrayContaining(['Funnel', 'Tools by category', 'Mistakes per tool', 'Turns', 'Licences']),
  )
  await using looking = await look(browser, 'about:blank')
  for (const [, title, source] of pictures) {
    const width = await looking.page.evaluate(
      `(async () => { const picture = new Image(); picture.src = ${JSON.stringify(source)}; await picture.decode(); return picture.naturalWidth })()`,
    )
    expect(width, title).toBe(640)
  }
  expect(text).toContain('| passed/answer\\_wrong | 1 |')
  expect(text).not.toMatch(/(?<!\\)<(img|script)|\u202e|\p{Cs}/u)
})

test('two exports stand beside each other on one scale, with what differs', async () => {
  const done = await report(before, after, '--json', '--out', 'both.html', '--labels', await labelled())
  expect(done).toMatchObject({ code: 0, err: '' })
  const [was, is] = [linesIn(done.out), linesIn(done.out, 1)]
  expect([was.funnel.lines[0].rollouts, is.funnel.lines[0].rollouts]).toEqual([8, 7])
  expect(was.checks_by_label.lines).toEqual([{ check: 'answer', label: 'bad', rows: 1, failed: 1, share: 1 }])
  expect(JSON.parse(done.out).comparison).toMatchObject({ rows: { aligned: 7, gone: { kept: 1 } } })
  await using looking = await look(browser, `file://${join(folder.path, 'both.html')}`)
  const { page, seen } = looking
  expect(await page.getByRole('heading', { level: 3, name: 'before' }).count()).toBe(allCharts.length)
  expect(await page.getByRole('heading', { level: 2, name: 'Yield and cost' }).count()).toBe(1)
  expect(await page.evaluate('typeof pwned')).toBe('undefined')
  expect(seen).toMatchObject({ violations: [], errors: [] })
  expect(await violationsIn(page)).toEqual([])
  const { comparison, reports } = JSON.parse(done.out)
  expect(reports).toHaveLength(2)
  expect(reportMarkdown([await figuresOf(before)], comparison)).toMatch(/^## Compared\n\n````text$/m)
})

/** Somebody calls the row bad that is wrong. */
async function labelled(): Promise<string> {
  const { key } = rowOf({ task: 't6', fate: 'wrong' }).measured.trajectory
  const label = {
    ...{ label_version: 1, key, task_id: 't6', label: 'bad', reasons: [], note: '', by: 'a' },
    ...{ at: '2026-11-30T09:00:00Z', manifest: '0'.repeat(64) },
  }
  await writeFile(join(folder.path, 'labels.jsonl'), `${JSON.stringify(label)}\n`)
  return 'labels.jsonl'
}

/** What happened to an export, and what the one line says of it. */
const refused: [what: string, change: (own: string) => Promise<unknown>, line: RegExp][] = [
  [
    'no tables',
    own => rm(join(own, 'tables'), { recursive: true }),
    /has no tables\/rows\.parquet.+`kindling export <config>`$/,
  ],
  [
    'a damaged table',
    own => truncate(join(own, 'tables/calls.parquet'), 100),
    /tables\/calls\.parquet .+anew$/,
  ],
  [
    'a table of another export',
    own => copyFile(join(before, 'tables/calls.parquet'), join(own, 'tables/calls.parquet')),
    /calls\.parquet holds lines that are of none of the rows .+write the export again$/,
  ],
]

test.each(refused)('%s: one line says what to do', async (_, change, line) => {
  await using place = await temporaryFolder()
  const own = await writeExport(place.path, rows.slice(2))
  await change(own)
  await expect(figuresOf(own)).rejects.toThrow(line)
})

/** What cannot be done ends before anything is written. */
const wrong: [args: string[], line: RegExp][] = [
  [['--out', 'a.pdf'], /^--out a\.pdf: .+\.html or \.md$/],
  [['--labels', 'none.jsonl'], /^none\.jsonl: there is no such file/],
]

test.each(wrong)('%j is refused in one line', async (args, line) => {
  const done = await report(before, ...args)
  expect(done).toMatchObject({ code: 2, out: '' })
  expect(done.err.trimEnd()).toMatch(line)
  expect(done.err.trimEnd().split('\n')).toHaveLength(1)
})
