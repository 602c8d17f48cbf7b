import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { markdownPassages } from '../../../tools/corpus/markdown-passages.ts'
import { textCorpus } from '../../../tools/corpus/text-corpus.ts'
import { temporaryFolder } from '../../fixtures.ts'

async function folderOf(files: Record<string, string | Uint8Array>) {
  const folder = await temporaryFolder()
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder.path, name)), { recursive: true })
    await writeFile(join(folder.path, name), text)
  }
  return folder
}

async function reading(files: Record<string, string | Uint8Array>, options = {}) {
  await using folder = await folderOf(files)
  return await Array.fromAsync(markdownPassages(folder.path, options))
}

test('Each section is a passage, named by the headings above it', async () => {
  const text = [
    'Before it all.',
    '# Lakes #',
    'Water.',
    '## Salt lakes',
    '```sh',
    '# no heading',
    '```',
    '### Chad',
    'Shallow.',
    '## Fresh lakes',
    '',
    '# Rivers',
    'Long.',
  ].join('\n')
  expect(await reading({ 'deep/geo.md': text, 'notes.txt': 'not read' })).toEqual([
    { id: 'deep/geo.md', title: 'geo.md', text: 'Before it all.' },
    { id: 'deep/geo.md#lakes', title: 'Lakes', text: 'Water.' },
    { id: 'deep/geo.md#lakes/salt-lakes', title: 'Lakes — Salt lakes', text: '```sh\n# no heading\n```' },
    { id: 'deep/geo.md#lakes/salt-lakes/chad', title: 'Lakes — Salt lakes — Chad', text: 'Shallow.' },
    { id: 'deep/geo.md#rivers', title: 'Rivers', text: 'Long.' },
  ])
})

test.each<[string, string, string[]]>([
  [
    'underlined headings',
    'Lakes\n=====\none\n\nSalt\nlakes\n---\ntwo',
    ['Lakes: one', 'Lakes — Salt lakes: two'],
  ],
  ['a rule below a blank line', '# A\none\n\n---\ntwo', ['A: one\n\n---\ntwo']],
  [
    'a shorter fence within a longer one',
    '# A\n````\n```\n# x\n```\n````\n# B\nb',
    ['A: ````\n```\n# x\n```\n````', 'B: b'],
  ],
  ['tildes within backticks', '# A\n```\n~~~\n# x\n```\n# B\nb', ['A: ```\n~~~\n# x\n```', 'B: b']],
  [
    'a fence with words after it does not close',
    '# A\n```sh\n``` no\n# x\n```',
    ['A: ```sh\n``` no\n# x\n```'],
  ],
  ['a fence that is never closed', '# A\n```\n# x', ['A: ```\n# x']],
  [
    'a fence in a list',
    '# A\n- one\n\n  ```\n  # x\n  ```\n# B\nb',
    ['A: - one\n\n  ```\n  # x\n  ```', 'B: b'],
  ],
  ['code by indentation', '# A\none\n\n    # x', ['A: one\n\n    # x']],
  ['a heading in a list or a quote', '# A\n- # x\n\n> # y\n\ntext', ['A: - # x\n\n> # y\n\ntext']],
  [
    'HTML blocks',
    '# A\n<pre>\n# x\n</pre>\n\n<!--\n# y\n-->\n# B\nb',
    ['A: <pre>\n# x\n</pre>\n\n<!--\n# y\n-->', 'B: b'],
  ],
  ['marks in a heading', '# *Lakes* of [Chad](x.md) ##\none', ['*Lakes* of [Chad](x.md): one']],
  ['what looks like a heading', '# A\n#x\n####### y\n\\# z', ['A: #x\n####### y\n\\# z']],
])('Markdown with %s is cut where its headings are', async (_, text, expected) => {
  const read = await reading({ 'a.md': text })
  expect(read.map(({ title, text }) => `${title}: ${text}`)).toEqual(expected)
})

test('YAML before the text says title, licence, source, link and date of all its passages', async () => {
  const yaml =
    'title: "Geo: all"\nlicense: CC0-1.0\nsource: almanac\nurl: https://example.org/\ndate: 2024-01-05\ntags: [a]'
  const about = { licence: 'CC0-1.0', source: 'almanac', link: 'https://example.org/', date: '2024-01-05' }
  expect(await reading({ 'a.md': `---\r\n${yaml}\r\n---\r\n# Lakes\r\nWater.\n\n---\nMore.` })).toEqual([
    { id: 'a.md#lakes', title: 'Geo: all — Lakes', text: 'Water.\n\n---\nMore.', ...about },
  ])
  expect(await reading({ 'a.md': 'A rule\n\n---\ntitle: no\n---\n' })).toMatchObject([{ title: 'a.md' }])
  await expect(reading({ 'a.md': '---\na: [\n---\ntext' })).rejects.toThrow(/a\.md: the YAML before its text/)
})

test('A long section is cut into passages of bounded length, between paragraphs or else words', async () => {
  const paragraphs = Array.from({ length: 9 }, (_, index) => `${index} ${'word '.repeat(9)}`.trim())
  const read = await reading(
    { 'a.md': `# A\n${paragraphs.join('\n\n')}\n\n${'x'.repeat(250)}` },
    { maxChars: 100 },
  )
  expect(read[0]?.text).toBe(paragraphs.slice(0, 2).join('\n\n'))
  for (const { text } of read) expect(text.length).toBeLessThanOrEqual(100)
  expect(read.map(({ id }) => id).slice(0, 3)).toEqual(['a.md#a', 'a.md#a:2', 'a.md#a:3'])
  const whole = read
    .map(({ text }) => text)
    .join(' ')
    .replaceAll(/\s+/g, '')
  expect(whole).toBe(`${paragraphs.join('')}${'x'.repeat(250)}`.replaceAll(' ', ''))
})

test('Ids are unique, and stay the same when something elsewhere changes', async () => {
  const files = { 'a.md': '# A\none\n# A\ntwo\n# Ä ?\nthree', 'b.md': '# A\nfour' }
  const ids = (await reading(files)).map(({ id }) => id)
  expect(ids).toEqual(['a.md#a', 'a.md#a~2', 'a.md#ä', 'b.md#a'])
  const more = (await reading({ ...files, '0.md': '# A\nnew' })).map(({ id }) => id)
  expect(more).toEqual(['0.md#a', ...ids])
})

test('A file that comes into a folder, changes or goes is found, changed or gone in its corpus', async () => {
  await using folder = await folderOf({ 'a.md': '# Lakes\nzebra', 'b.md': '# Rivers\ngnu' })
  await using index = await temporaryFolder()
  const open = () =>
    textCorpus({
      path: join(index.path, 'a.sqlite'),
      name: 'docs',
      licence: 'MIT',
      passages: markdownPassages(folder.path),
    })
  const found = async (query: string) => {
    const corpus = await open()
    return (await corpus.search(query, 5, new AbortController().signal)).map(({ id }) => id)
  }
  expect(await found('zebra gnu')).toEqual(['a.md#lakes', 'b.md#rivers'])
  await writeFile(join(folder.path, 'c.md'), '# Deserts\nzebra')
  await writeFile(join(folder.path, 'a.md'), '# Lakes\nostrich')
  await rm(join(folder.path, 'b.md'))
  expect(await found('zebra gnu')).toEqual(['c.md#deserts'])
  expect(await found('ostrich')).toEqual(['a.md#lakes'])
})

test('A folder without Markdown and a file that is not UTF-8 are named', async () => {
  await expect(reading({ 'a.txt': 'x' })).rejects.toThrow(/there is no Markdown file in it/)
  await expect(Array.fromAsync(markdownPassages('/nowhere'))).rejects.toThrow(
    /^\/nowhere: there is no Markdown/,
  )
  await expect(reading({ 'a.md': Buffer.from([0xff, 0xfe, 0xfd]) })).rejects.toThrow(/a\.md: is not UTF-8/)
})
