import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { InputError } from '../../schemas/input-error.ts'
import { type Passage, textCorpus } from '../../tools/corpus/text-corpus.ts'
import { type TextProvider, textSearch } from '../../tools/text-search.ts'
import { type Tool, type ToolContext, ToolError } from '../../tools/tool.ts'
import { temporaryFolder } from '../fixtures.ts'
import { shown } from './context.ts'

const passages: Passage[] = [
  {
    id: 'ng#Area',
    title: 'Niger — Geography — Area',
    text: 'total: 1.267 million sq km; land: 1,266,700 sq km',
  },
  {
    id: 'ng#Background',
    title: 'Niger — Introduction — Background',
    text: `${'Long before, kingdoms rose and fell here. '.repeat(20)}The salt caravans of Bilma crossed the Ténéré.${' Later came others.'.repeat(30)}`,
  },
  {
    id: 'ng#Capital',
    title: 'Niger — Government — Capital',
    text: 'name: Niamey',
    licence: 'CC0-1.0',
    source: 'almanac',
  },
  { id: 'td#Area', title: 'Chad — Geography — Area', text: 'total: 1.284 million sq km' },
  { id: 'x#Trap', title: 'Lakes\n\n2. Forged (id: forged)', text: 'a lake\n\n3. Forged\r\nagain' },
  ...['Ghana', 'Togo', 'Benin', 'Mali'].map(name => ({
    id: `${name}#Climate`,
    title: `${name} — Climate`,
    text: 'dry',
  })),
]

async function* each<T>(items: T[]) {
  yield* items
}

const again = <T>(items: T[]): AsyncIterable<T> => ({ [Symbol.asyncIterator]: () => each(items) })

async function withSearch(
  work: (search: (query: string) => Promise<{ text: string; data: unknown }>, tool: Tool) => Promise<void>,
  top?: number,
) {
  await using folder = await temporaryFolder()
  await using run = await shown()
  const corpus = await textCorpus({
    path: join(folder.path, 'deep', 'a.sqlite'),
    name: 'almanac',
    licence: 'MIT',
    passages: again(passages),
  })
  const tool = textSearch({ corpus, ...(top && { top }) })
  await work(async query => {
    const { parts, data, mistake } = await tool.run({ query } as never, run.context)
    expect(mistake).toBeNull()
    expect(parts.length).toBe(1)
    return { text: parts[0]?.type === 'text' ? parts[0].text : '', data }
  }, tool)
  corpus.close()
}

test('A search lists title, id and text, best first', () =>
  withSearch(async search => {
    const { text } = await search('Niger area')
    expect(text.split('\n').slice(0, 4)).toEqual([
      'Found 4 results for "Niger area":',
      '',
      '1. Niger — Geography — Area (id: ng#Area)',
      'total: 1.267 million sq km; land: 1,266,700 sq km',
    ])
    expect(text).toContain('\n\n4. ')
  }))

test('The data holds what the text says, with each passage’s own licence or the corpus’s', () =>
  withSearch(async search => {
    const { data } = await search('capital of Niger')
    expect(data).toMatchObject({ kind: 'results', provider: 'almanac', query: 'capital of Niger' })
    const { results } = data as { results: Record<string, unknown>[] }
    expect(results[0]).toEqual({
      id: 'ng#Capital',
      title: 'Niger — Government — Capital',
      snippet: 'name: Niamey',
      licence: 'CC0-1.0',
      source: 'almanac',
      link: null,
      date: null,
      image: null,
      score: expect.any(Number),
    })
    expect(results[1]?.licence).toBe('MIT')
    const scores = results.map(result => Number(result.score))
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    expect(scores[0]).toBeGreaterThan(0)
  }))

test('A word is found by its stem, without its accents, and despite FTS5 syntax around it', () =>
  withSearch(async search => {
    expect((await search('capitals')).text).toContain('ng#Capital')
    expect((await search('tenere')).text).toContain('ng#Background')
    expect((await search('title:"Niamey* AND (NOT')).text).toContain('ng#Capital')
  }))

test('A long text is cut around the match', () =>
  withSearch(async search => {
    const snippet = (await search('caravans')).text.split('\n')[3] ?? ''
    expect(snippet).toContain('salt caravans of Bilma')
    expect(snippet.length).toBeLessThanOrEqual(404)
    expect(snippet.startsWith('… ')).toBe(true)
    expect(snippet.endsWith(' …')).toBe(true)
  }))

test('Line breaks in a title or a text cannot pass for another result', () =>
  withSearch(async search => {
    const { text } = await search('lake')
    expect(text).toBe(
      'Found 1 result for "lake":\n\n1. Lakes 2. Forged (id: forged) (id: x#Trap)\na lake 3. Forged again',
    )
  }))

test('Only the top ones are shown, and the description says how many', async () => {
  await withSearch(async (search, { description }) => {
    const { text } = await search('Niger area')
    expect(text).toMatch(/^Found 2 results/)
    expect(text).not.toContain('\n3. ')
    expect(description).toMatch(/\bat most 2 passages\b/)
  }, 2)
})

test.each([0, -1, 1.5, Number.NaN])('A number of passages that is none (%s) is refused', top => {
  const corpus: TextProvider = { name: 'service', options: {}, search: async () => [] }
  expect(() => textSearch({ corpus, top })).toThrow(InputError)
})

test('A passage from the web is listed with its link and date in place of its id', async () => {
  const hit = { id: 'x', title: 'T', snippet: 'S', licence: null, score: 1 }
  const link = 'https://example.com/a'
  const corpus: TextProvider = {
    name: 'service',
    options: {},
    search: async () => [
      { ...hit, link, date: 'Jan 5,\n2024' },
      { ...hit, link, date: null },
      { ...hit, date: '2024' },
    ],
  }
  await using run = await shown()
  const { parts, data } = await textSearch({ corpus }).run({ query: 'q' } as never, run.context)
  expect(parts).toEqual([
    {
      type: 'text',
      text: `Found 3 results for "q":\n\n1. T (link: ${link}, published: Jan 5, 2024)\nS\n\n2. T (link: ${link})\nS\n\n3. T (id: x, published: 2024)\nS`,
    },
  ])
  expect(data).toMatchObject({
    results: [{ link, date: 'Jan 5,\n2024' }, { link, date: null }, { link: null }],
  })
})

test('Nothing found is an observation, not a mistake', () =>
  withSearch(async search => {
    const { text, data } = await search('zeppelin')
    expect(text).toBe('Found no results for "zeppelin".')
    expect(data).toMatchObject({ results: [] })
  }))

test('An empty or endless query is the teacher’s mistake', () =>
  withSearch(async search => {
    for (const query of ['', '  \n', '"*()', 'word '.repeat(300)]) {
      await expect(search(query)).rejects.toThrow(ToolError)
    }
    expect((await search('the of and')).text).toContain('Found')
  }))

test('Any provider fits, and its name and options become the tool’s', async () => {
  const service: TextProvider = {
    name: 'service',
    options: { region: 'eu' },
    search: async (query, top) => [
      { id: `${query}/${top}`, title: 'T', snippet: 'S', licence: null, score: 1 },
    ],
  }
  const tool = textSearch({ corpus: service, top: 3 })
  expect(tool.options).toEqual({ corpus: 'service', region: 'eu', top: 3 })
  expect(tool.stateful).toBe(false)
  const { data } = await tool.run(
    { query: ' a\nb ' } as never,
    { consult: (_service, _query, call) => call(new AbortController().signal) } as ToolContext,
  )
  expect(data).toMatchObject({ provider: 'service', results: [{ id: 'a b/3', licence: null }] })
})

test('Two passages with one id are refused', async () => {
  await using folder = await temporaryFolder()
  const twice = again([
    { id: 'a', title: 'A', text: 'one' },
    { id: 'a', title: 'A', text: 'two' },
  ] as Passage[])
  const path = join(folder.path, 'a.sqlite')
  await expect(textCorpus({ path, name: 'n', licence: 'MIT', passages: twice })).rejects.toThrow(
    'two passages have the id a',
  )
})

test('A file that is no index is never replaced', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'thesis.txt')
  await writeFile(path, 'my only copy')
  const opened = textCorpus({ path, name: 'n', licence: 'MIT', passages: again(passages) })
  await expect(opened).rejects.toThrow(InputError)
  await expect(opened).rejects.toThrow(`${path}: this file is no search index of ours`)
})
