import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { document, plugIns } from '../docs/plug-ins.ts'

const root = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root })
const { scripts, exports } = JSON.parse(read('package.json'))

/** Words in backticks that are paths of this repository: with a slash or an extension, without blanks or placeholders. */
const pathsIn = (text: string) =>
  [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)*\/?)`/g)]
    .map(([, path = '']) => path)
    .filter(path => /^[\w-]+\/[\w.-]/.test(path) || /\w\.(ts|md|json)$/.test(path))
    .filter(path => !/^(runs|exports?|manifest|dataset_info)\b/.test(path))
    .map(path => exports[path.replace(/^kindling\//, './')] ?? path)

const links = (text: string) =>
  [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target)

/** Product code. The text of `teachers/program/` is that teacher's version: another comment would buy replies again. */
const sources = globSync('**/*.ts', {
  cwd: root,
  exclude: ['node_modules/**', 'dist/**', 'runs/**', 'bench/**', 'test/**', 'teachers/program/**'],
})
const tooLong = (lines: string[]) => lines.filter(line => line.length > 120)

/** Lines that are comments and nothing else. */
const commentsIn = (source: string) => source.split('\n').filter(line => /^\s*(\/\/|\/?\*)/.test(line))

/** Lines of a document outside of tables and code blocks. */
const proseIn = (text: string) =>
  text
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .split('\n')
    .filter(line => !line.startsWith('|'))

test('the documents are found', () => {
  expect(documents).toContain('CONTRIBUTING.md')
  expect(pathsIn(read('CONTRIBUTING.md')).length).toBeGreaterThan(20)
})

test.each(documents)('every path, link and script that %s names exists', document => {
  const text = read(document)
  const folder = dirname(document)
  expect(pathsIn(text).filter(path => !existsSync(join(root, path)))).toEqual([])
  expect(links(text).filter(path => !existsSync(join(root, folder, path)))).toEqual([])
  const commands = [...text.matchAll(/npm run (?:--silent |-s )?([\w-]+)/g)].map(([, name = '']) => name)
  expect(commands.filter(name => !scripts[name])).toEqual([])
})

test('every contract that CONTRIBUTING names is exported by the file it names', () => {
  const named = [...read('CONTRIBUTING.md').matchAll(/`(\w+)` in `([\w/.-]+)`(?:, by `(\w+)`)?/g)]
  const rows = read('CONTRIBUTING.md').match(/^\| an? /gm) ?? []
  // A check that asks models is a check all the same.
  expect(named.length).toBe(rows.length - 1)
  for (const [, contract, file = '', helper] of named) {
    expect(read(file)).toMatch(new RegExp(`export (interface|type) ${contract}\\b`))
    if (helper) expect(read(file)).toMatch(new RegExp(`export const ${helper}\\b`))
  }
})

test('every import in the documents is an export of the package', async () => {
  const text = documents.map(read).join('\n')
  const imports = [...text.matchAll(/import \{ ([\w, ]+) \} from '(kindling[\w/-]*)'/g)]
  expect(imports.length).toBeGreaterThan(3)
  for (const [, names = '', specifier = ''] of imports) {
    const module = await import(specifier)
    for (const name of names.split(', ')) expect(Object.keys(module), specifier).toContain(name)
  }
})

test('the page of plug-ins says what the code says', () => {
  expect(read('docs/plug-ins.md')).toBe(document())
})

test('every public module that is no contract holds a plug-in of the page', () => {
  const listed = new Set(plugIns().map(({ path }) => path.replace(/^kindling/, '.')))
  const rooms = /^\.\/(tasks|screens|teachers|tools|sandbox|checks|filters|output)\//
  const others = Object.keys(exports).filter(path => rooms.test(path) && !listed.has(path))
  expect(others).toEqual([
    './tasks/problem',
    './tasks/source',
    './sandbox/sandbox',
    './tools/leaks',
    './tools/service',
    './tools/shown-image',
    './tools/tool',
    './teachers/teacher',
    './checks/check',
    './screens/screen',
    './filters/filter',
    './filters/selector',
    './output/columns',
    './output/export',
    './output/picture-files',
    './output/pictures',
  ])
})

test('every plug-in says in a sentence what it is, and is imported by its name', async () => {
  expect(plugIns().length).toBeGreaterThan(60)
  for (const { name, path, says } of plugIns()) {
    expect(says, name).toMatch(/^.{10,}[.)]$/)
    expect(Object.keys(await import(path)), path).toContain(name)
  }
})

test.each([
  ['a block', '  /** What it is. */'],
  ['its next line', '   * What it is.'],
  ['a line', '// What it is.'],
])('a comment is known that is %s', (_, line) => {
  expect(commentsIn(`${line}\nconst a = 1`)).toEqual([line])
})

test('no comment of product code is longer than 120 columns', () => {
  expect(sources.length).toBeGreaterThan(300)
  expect(sources.flatMap(file => tooLong(commentsIn(read(file))).map(line => `${file}: ${line}`))).toEqual([])
})

test.each(documents)('no line of %s is longer than 120 columns, tables and code excepted', document => {
  expect(tooLong(proseIn(read(document)))).toEqual([])
})
