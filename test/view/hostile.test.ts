import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Fact, Trajectory } from '../../schemas/trajectory.ts'
import { answerTurn, cell, droppedBy, observation, openTurn, reply } from '../fixtures.ts'
import { about } from '../output/rows.ts'
import { look, startBrowser } from './browser.ts'
import { exported, type RowsAbout, served } from './exported.ts'

const stack = new AsyncDisposableStack()
let browser: Browser
let url: string
beforeAll(async () => {
  browser = stack.adopt(await startBrowser(), each => each.close())
  url = stack.use(await served(stack.use(await exported(hostileRows)).folder)).url
})
afterAll(() => stack.disposeAsync())

/** Ways in which text became code somewhere. Each would set `pwned`, or ask another host. */
const corpus = [
  '<script>window.pwned=1</script>',
  '<img src=x onerror="window.pwned=1">',
  '<svg onload=window.pwned=1><a xlink:href="javascript:window.pwned=1">a</a></svg>',
  '"><iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
  '<a href="javascript:window.pwned=1">a</a>',
  'javascript:window.pwned=1//',
  "';window.pwned=1;//",
  `\${window.pwned=1}\`\${window.pwned=1}`,
  '<math><mtext><style><img src=x onerror=window.pwned=1></style></mtext></math>',
  '<template><img src=x onerror=window.pwned=1></template><object data="javascript:window.pwned=1">',
  '<link rel=stylesheet href="https://evil.example/a.css"><img src="https://evil.example/a.png">',
  '<form action="https://evil.example"><button formaction="javascript:window.pwned=1">Save</button></form>',
  '{"__proto__":{"html":1},"type":"script","props":{"dangerouslySetInnerHTML":{"__html":"<img onerror=window.pwned=1>"}}}',
  '<base href="https://evil.example/"><meta http-equiv=refresh content="0;url=https://evil.example">',
] as const

/** A row all of whose texts are this one. */
function hostileRow(pictures: Parameters<RowsAbout>[0], text: string, number: number): Trajectory {
  const base = about(pictures.slice(0, 1), number)
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
      answerTurn(text),
    ],
    outcome: { kind: 'answered', answer: text },
  }
}

const factOf = (text: string): Fact => ({
  ...{ check: text, version: 1, passed: false, reason: text, detail: text },
  data: { [text]: text },
})

const hostileRows: RowsAbout = pictures =>
  corpus.map((text, number) => ({
    measured: { trajectory: hostileRow(pictures, text, number), facts: [factOf(text)] },
    verdict: number % 2 === 0 ? { keep: true } : { ...droppedBy(text, text, { detail: text }), by: text },
  }))

const inside = `JSON.stringify({
  pwned: window.pwned,
  foreign: document.querySelectorAll('iframe, object, template, base, math, link[href*=evil], img, script:not([src])').length,
  handlers: [...document.querySelectorAll('*')].flatMap(each => [...each.attributes]).filter(({ name }) => /^on/.test(name)).length,
  links: [...document.querySelectorAll('a')].map(({ protocol }) => protocol).filter(each => !/^https?:$/.test(each)),
})`

test.each(corpus.map((text, number) => [text, number] as const))('%s is only text', async (text, number) => {
  await using looking = await look(browser, `${url}#text=${number}+`)
  const { page, seen } = looking
  const item = page.getByRole('row').filter({ hasText: `${number} ${text}` })
  await item.click()
  const row = page.getByRole('article').first()
  await row.getByRole('heading', { name: 'Where it is from' }).waitFor()
  const shown = (await row.textContent()) ?? ''
  expect(shown.split(text).length, 'how often it is shown').toBeGreaterThan(20)
  for (const summary of await row.locator('summary').all()) await summary.click()
  expect(JSON.parse(String(await page.evaluate(inside)))).toEqual({ foreign: 0, handlers: 0, links: [] })
  expect(seen.requests.filter(each => !each.url.startsWith(url))).toEqual([])
  expect({ violations: seen.violations, errors: seen.errors }).toEqual({ violations: [], errors: [] })
})

test('a way in by the address is none', async () => {
  const bad = encodeURIComponent(corpus[1])
  await using looking = await look(
    browser,
    `${url}#text=${bad}&reason=${bad}&sort=${bad}&key=${bad}&pane=${bad}&__proto__=${bad}`,
  )
  const { page, seen } = looking
  await page.getByText('1 of 14 rows').waitFor()
  expect(JSON.parse(String(await page.evaluate(inside)))).toEqual({ foreign: 0, handlers: 0, links: [] })
  expect(seen.errors).toEqual([])
})
