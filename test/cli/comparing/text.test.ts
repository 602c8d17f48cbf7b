import { expect, test } from 'vitest'
import { comparisonPage } from '../../../cli/comparing/page.ts'
import { printComparison } from '../../../cli/comparing/text.ts'
import { hf } from '../../../output/targets/hf.ts'
import { llamaFactory } from '../../../output/targets/llama-factory.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { compared, type Given, writeExport } from './exports.ts'

const hostile = '</td><script>alert(1)</script><img src=x onerror=alert(2)>\u001b[2J"\'&'

const before: Given[] = [
  { task: 'lost' },
  { task: 'gained', fate: 'wrong', answer: '9' },
  { task: 'otherwise', fate: 'wrong' },
  { task: 'same', sample: 0 },
  { task: 'same', sample: 1 },
  { task: 'gone', category: 'read' },
  { task: 'measured', fate: 'wrong' },
]
const after: Given[] = [
  { task: 'lost', fate: 'wrong', answer: '9', generation: 1 },
  { task: 'gained', generation: 1 },
  { task: 'otherwise', fate: 'none', answer: null, generation: 1 },
  { task: 'same', sample: 0, generation: 1 },
  { task: 'same', sample: 1, generation: 1, thought: 'I look again.' },
  { task: `new ${hostile}`, teacher: hostile, category: hostile, answer: hostile },
  { task: 'measured', version: 2 },
]

async function both(folder: string) {
  return compared(await writeExport(folder, before), await writeExport(folder, after))
}

test('a comparison for a person says what became of each kind of row, and why', async () => {
  await using folder = await temporaryFolder()
  const text = printComparison(await both(folder.path))
  for (const line of [
    /trajectories +7 +7$/m,
    /kept +4 +5 +\+1$/m,
    /aligned by task, teacher and sample: 6 are on both sides/,
    /decided alike +2$/m,
    /kept, now dropped +1$/m,
    /dropped, now kept +2$/m,
    /dropped for another reason +1$/m,
    /only before +1 +1 kept, 0 dropped/,
    /only after +1 +1 kept, 0 dropped/,
    /said the same, word for word +2$/m,
    /category read +1 of 1, 100\.0 % +→ +0 of 0/,
    /on both sides +5$/m,
    /only before +1 +gone$/m,
    /teacher one +4 of 7, 57\.1 % +→ +4 of 6, 66\.7 % +\+9\.5 points +within chance \(p 1\.000\)$/m,
    /^Identical siblings.*\n +one +1 of 1 +→ +0 of 1/m,
    /passed\/answer_wrong → kept +1 +answer@1: wrong → passed +gained$/m,
    /passed\/answer_wrong → kept +1 +answer@1→2: wrong → passed +measured$/m,
    /lost +one +kept → passed\/answer_wrong +answer@1: passed → wrong$/m,
    /gone +one +kept → gone$/m,
    /Answers: 2 of 5 are other texts/,
    /lost +one +8 → 9 +true: 8$/m,
  ])
    expect(text).toMatch(line)
  expect(text).not.toContain('\u001b')
  expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThan(260)
})

test('only a few rows of many are listed, unless all are asked for', async () => {
  await using folder = await temporaryFolder()
  const many = (fate: string) => Array.from({ length: 13 }, (_, index) => ({ task: `many/${index}`, fate }))
  const comparison = await compared(
    await writeExport(folder.path, many('kept')),
    await writeExport(folder.path, many('wrong')),
  )
  const listed = (text: string) => text.match(/^ {2}many\/\d+ +one/gm)?.length
  expect(listed(printComparison(comparison))).toBe(10)
  expect(printComparison(comparison)).toContain('… and 3 more: --all lists them')
  expect(listed(printComparison(comparison, { all: true }))).toBe(13)
})

test('the page holds every row that changed, runs nothing, and shows hostile text as text', async () => {
  await using folder = await temporaryFolder()
  const comparison = await both(folder.path)
  const page = comparisonPage(comparison)
  expect(page).toContain("default-src 'none'")
  expect(page.match(/<tr id="r\d+" class="row/g)).toHaveLength(comparison.rows?.rows.length ?? 0)
  expect(page).toContain('&lt;script&gt;alert(1)')
  expect(page).not.toContain('\u001b')
  expect(page).not.toMatch(/<script|<img|onerror=alert\(2\)>/)
  const tags = new Set([...page.matchAll(/<\/?([a-z]\w*)/g)].map(([, tag]) => tag))
  expect([...tags].sort()).toEqual([
    'a',
    'h1',
    'h2',
    'html',
    'label',
    'li',
    'meta',
    'option',
    'p',
    'select',
    'small',
    'span',
    'style',
    'table',
    'td',
    'th',
    'title',
    'tr',
    'ul',
  ])
})

test('each row is found by each filter, and by a link', async () => {
  await using folder = await temporaryFolder()
  const page = comparisonPage(await both(folder.path))
  for (const [, id, classes = ''] of page.matchAll(/<tr id="(r\d+)" class="row ([^"]+)"/g)) {
    expect(classes.split(' ')).toHaveLength(4)
    for (const name of classes.split(' ')) {
      const [filter, value] = name.split('-')
      expect(page).toContain(`body:has(#${filter} option[value="${value}"]:checked) tr.row:not(.${name})`)
      expect(page).toMatch(new RegExp(`<select id="${filter}">.*<option value="${value}">`))
    }
    expect(id).toBeDefined()
  }
  for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${target}"`)
})

test('what a side does not hold is named and not guessed', async () => {
  await using folder = await temporaryFolder()
  const whole = await writeExport(folder.path, before)
  const kept = await writeExport(folder.path, after, { exports: [hf()] })
  const keptOnly = await compared(whole, kept)
  expect(keptOnly.wanting.join('\n')).toMatch(/has no rejected\/, so only kept rows are compared/)
  expect(keptOnly.rows).toMatchObject({
    aligned: 2,
    lost: 0,
    new: { kept: 3, dropped: 0 },
    gone: { kept: 2, dropped: 0 },
  })
  expect(keptOnly.rows?.groups.every(({ p, change }) => p === null && change === null)).toBe(true)
  await expect(compared(whole, kept, { yield: 0.1 })).rejects.toThrow(/^--gate yield: .* has no rejected\//)
  const trainer = await writeExport(folder.path, after, { exports: [llamaFactory()] })
  for (const [path, line] of [
    [trainer, /has no hf\/, so no rows are compared/],
    [`${whole}/manifest.json`, /is a manifest alone, so no rows are compared/],
  ] as const) {
    const comparison = await compared(path, whole)
    expect(comparison.rows).toBeNull()
    expect(comparison.wanting.join('\n')).toMatch(line)
    expect(printComparison(comparison)).toMatch(/trajectories +7 +7$/m)
    await expect(compared(path, whole, { lost: 0.1 })).rejects.toThrow(/^--gate lost: .* tells of no rows/)
  }
})
