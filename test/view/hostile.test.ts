import { glob } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  asyncBufferFromFile,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type SchemaTree,
} from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Label } from '../../labels/label.ts'
import { appendLabels } from '../../labels/label-file.ts'
import type { RolloutNotes } from '../../output/tables/table.ts'
import { hf } from '../../output/targets/hf.ts'
import { rejected } from '../../output/targets/rejected.ts'
import { sha256 } from '../../schemas/hash.ts'
import type { Fact, Trajectory, Turn } from '../../schemas/trajectory.ts'
import { answerTurn, cell, observation, openTurn, reply, searchTurn } from '../fixtures.ts'
import { about as rowAbout } from '../output/rows.ts'
import { look, startBrowser } from './browser.ts'
import { exported, type RowsAbout, served } from './exported.ts'

const stack = new AsyncDisposableStack()
let browser: Browser
let url: string
/** Of the export that the page shows. */
let exportFolder: string
beforeAll(async () => {
  browser = stack.adopt(await startBrowser(), each => each.close())
  const { folder, pictures } = stack.use(await exported(hostileRows, [hf(), rejected()], { about, known }))
  exportFolder = folder
  const labels = join(dirname(folder), 'labels.jsonl')
  const keys = hostileRows([...pictures]).map(({ measured }) => measured.trajectory.key)
  await appendLabels(
    labels,
    corpus.map(([, text], number) => labelOf(keys[number] ?? '', text)),
  )
  url = stack.use(await served(folder, labels)).url
})
afterAll(() => stack.disposeAsync())

/** What makes code of a text where a page is careless, in a page without a policy. */
const sinks = {
  markup: 'text => { document.body.innerHTML = text }',
  address: "text => { document.body.append(Object.assign(document.createElement('a'), { href: text })) }",
  quoted: `text => (0, eval)("'" + text + "'")`,
  template: 'text => (0, eval)("`" + text + "`")',
  element: 'text => { document.body.innerHTML = JSON.parse(text).props.dangerouslySetInnerHTML.__html }',
}

/** Ways in which text became code somewhere. Each would set `pwned`, leave something foreign, or ask another host. */
const corpus: readonly (readonly [sink: keyof typeof sinks, text: string])[] = [
  ['markup', '<iframe src="javascript:parent.pwned=1"></iframe><script>window.pwned=1</script>'],
  ['markup', '<img src=x onerror="window.pwned=1">'],
  ['markup', '<svg onload=window.pwned=1><a xlink:href="javascript:window.pwned=1">a</a></svg>'],
  ['markup', '"><iframe srcdoc="<script>parent.pwned=1</script>"></iframe>'],
  ['markup', '<a href="javascript:window.pwned=1">a</a>'],
  ['address', 'javascript:window.pwned=1//'],
  ['quoted', "';window.pwned=1;//"],
  ['template', `\${window.pwned=1}\`;window.pwned=1//`],
  ['markup', '<math><mtext><style><img src=x onerror=window.pwned=1></style></mtext></math>'],
  [
    'markup',
    '<template><img src=x onerror=window.pwned=1></template><object data="javascript:window.pwned=1">',
  ],
  ['markup', '<link rel=stylesheet href="https://evil.example/a.css"><img src="https://evil.example/a.png">'],
  [
    'markup',
    '<form action="https://evil.example"><button formaction="javascript:window.pwned=1">Save</button></form>',
  ],
  [
    'element',
    '{"__proto__":{"html":1},"type":"script","props":{"dangerouslySetInnerHTML":{"__html":"<img onerror=window.pwned=1>"}}}',
  ],
  [
    'markup',
    '<base href="https://evil.example/"><meta http-equiv=refresh content="0;url=https://evil.example">',
  ],
]

/** A row all of whose texts are this one. */
function hostileRow(pictures: Parameters<RowsAbout>[0], text: string, number: number): Trajectory {
  const base = rowAbout(pictures.slice(0, 1), number)
  const data = cell({
    code: text,
    stdout: text,
    error: { name: text, value: text, traceback: text },
    status: 'error',
  })
  const called = (args: string) => ({ id: text, name: text, arguments: args })
  const seen = (mistake: 'code_error' | 'unknown_tool') =>
    observation({
      callId: text,
      data,
      mistake: { kind: mistake, message: text },
      parts: [{ type: 'text', text }],
    })
  return {
    ...base,
    task: {
      ...base.task,
      id: `${number} ${text}`,
      question: text,
      answer: text,
      answerType: 'choice',
      choices: [text, `${text} `],
      category: text,
      source: { name: text, licence: text, url: text },
      origin: { file: text, row: 1 },
      meta: { [text]: text },
    },
    teacher: { name: text, options: { [text]: text } },
    system: text,
    tools: [{ name: text, description: text, parameters: { [text]: text } }],
    question: [...base.question.slice(0, 1), { type: 'text', text }],
    turns: [
      {
        reply: reply({
          text,
          reasoning: text,
          stop: 'calls',
          model: text,
          calls: [called(text), called(JSON.stringify({ code: text }))],
        }),
        observations: [seen('code_error'), seen('unknown_tool')],
      },
      { ...openTurn(), reminder: { kind: 'answer', text } },
      searching(text),
      answerTurn(text),
    ],
    outcome: { kind: 'answered', answer: text },
  }
}

function searching(text: string): Turn {
  const turn = searchTurn([[text, text]], text)
  const [found] = turn.observations
  const data = found?.data?.kind === 'results' ? { ...found.data, query: text, provider: text } : null
  return { ...turn, observations: [observation({ data, parts: [{ type: 'text', text }] })] }
}

const factOf = (text: string): Fact => ({
  ...{ check: text, version: 1, passed: false, reason: text, detail: text },
  data: { [text]: text },
})

const hostileRows: RowsAbout = pictures =>
  corpus.map(([, text], number) => {
    const drop = { stage: text, by: text, reason: text, detail: text, undecided: false }
    return {
      measured: { trajectory: hostileRow(pictures, text, number), facts: [factOf(text)] },
      verdict: number % 2 === 0 ? { keep: true, rescued: [drop] } : { keep: false, ...drop },
    }
  })

/** The run itself is called so, and offers such reasons. */
const about = {
  name: corpus[1]?.[1] ?? '',
  config: {
    name: 'hostile',
    filters: [{ name: 'labelled', version: 1, options: { rubric: corpus.map(([, text]) => text) } }],
  },
  version: '0.0.0',
}

const known: RolloutNotes = {
  costs: () => [],
  tries: () => null,
  label: () => ({ label: 'bad', by: corpus.map(([, text]) => text), said: [] }),
}

const labelOf = (key: string, text: string): Label => ({
  ...{ label_version: 1, key, task_id: text, label: 'bad', reasons: [], note: text },
  ...{ by: text.slice(0, 100), at: '2026-11-30T09:00:00Z', manifest: sha256('manifest') },
})

const inside = `JSON.stringify({
  pwned: window.pwned,
  foreign: document.querySelectorAll('iframe, object, template, base, math, form[action], [formaction], link[href*=evil], img, script:not([src])').length,
  handlers: [...document.querySelectorAll('*')].flatMap(each => [...each.attributes]).filter(({ name }) => /^on/.test(name)).length,
  links: [...document.querySelectorAll('a')].map(({ protocol }) => protocol).filter(each => !/^https?:$/.test(each)),
})`

test.each(corpus.map(([, text], number) => [text, number] as const))(
  '%s is only text',
  async (text, number) => {
    await using looking = await look(browser, `${url}#text=${number}+`)
    const { page, seen } = looking
    const item = page.getByRole('row').filter({ hasText: `${number} ${text}` })
    await item.click()
    const row = page.getByRole('article').first()
    await row.getByRole('heading', { name: 'Where it is from' }).waitFor()
    const shown = (await row.textContent()) ?? ''
    expect(shown.split(text).length, 'how often it is shown').toBeGreaterThan(20)
    for (const summary of await row.locator('summary').all()) await summary.click()
    expect(JSON.parse(String(await page.evaluate(inside)))).toEqual(clean)
    expect(seen.requests.filter(each => !each.url.startsWith(url))).toEqual([])
    expect({ violations: seen.violations, errors: seen.errors }).toEqual({ violations: [], errors: [] })
  },
)

test('a way in by the address is none', async () => {
  const bad = encodeURIComponent(corpus[1]?.[1] ?? '')
  await using looking = await look(
    browser,
    `${url}#text=${bad}&reason=${bad}&sort=${bad}&key=${bad}&pane=${bad}&__proto__=${bad}`,
  )
  const { page, seen } = looking
  await page.getByText('1 of 14 rows').waitFor()
  expect(JSON.parse(String(await page.evaluate(inside)))).toEqual(clean)
  expect(seen.errors).toEqual([])
})

const clean = { foreign: 0, handlers: 0, links: [] }

test.each(corpus)('as %s, %s would be found if it were more than text', async (sink, text) => {
  const page = await browser.newPage()
  const elsewhere: string[] = []
  page.on('request', request => elsewhere.push(request.url()))
  // At once: some of it leads away from the page.
  const found = await page.evaluate(`(${sinks[sink]})(${JSON.stringify(text)}), ${inside}`)
  expect({ ...JSON.parse(String(found)), elsewhere }).not.toEqual({ ...clean, elsewhere: [] })
  await page.close()
})

/** Text columns that hold words of kindling's own, hashes and names of files: nobody else writes into them. */
const own =
  /^(key|sha256|mime|role|answer_type|outcome|stopped_by|view|label|stop|reminder|status|mistake|untrainable|images)$/

test('each text column of each file that the page reads holds hostile text', async () => {
  const texts = corpus.map(([, text]) => text)
  const files = await Array.fromAsync(glob('{tables,hf,rejected}/**/*.parquet', { cwd: exportFolder }))
  const harmless: string[] = []
  for (const path of files) {
    const file = await asyncBufferFromFile(join(exportFolder, path))
    const { children } = parquetSchema(await parquetMetadataAsync(file))
    const rows = await parquetReadObjects({ file, compressors, utf8: false })
    for (const column of children.filter(holdsText)) {
      const { name } = column.element
      const told = JSON.stringify(
        rows.map(row => row[name]),
        plainly,
      )
      const isHostile = texts.some(text => told.includes(quoted(text)) || told.includes(quoted(quoted(text))))
      if (!isHostile && !own.test(name)) harmless.push(`${path} ${name}`)
    }
  }
  expect(files.length).toBe(7)
  expect(harmless).toEqual([])
})

const quoted = (text: string): string => JSON.stringify(text).slice(1, -1)

const plainly = (_: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)

const holdsText = ({ element, children }: SchemaTree): boolean =>
  element.converted_type === 'UTF8' || children.some(holdsText)
