import { expect, test } from 'vitest'
import { jsonl } from '../../tasks/jsonl.ts'
import { draftsOf, fields, folderWithImage, refusal, row, source } from './files.ts'

type Source = Parameters<typeof jsonl>[1]['source']
const byRow: Source = { name: { field: 'set' }, licence: { field: 'terms' }, url: { field: 'from.url' } }
const translated: Source = {
  name: { field: 'set', values: { null: 'ours' } },
  licence: { field: 'terms', values: { CCBY: 'CC-BY-4.0', null: 'CC0-1.0' } },
}
const given = { set: 'photos', terms: 'CC-BY-4.0', from: { url: 'https://photos.example/1' } }
const taken = { name: 'photos', licence: 'CC-BY-4.0', url: 'https://photos.example/1' }

test.each<[string, Source, Record<string, unknown>, object]>([
  ['the same for all', source, {}, source],
  ['with an address', { ...source, url: 'https://a.example' }, {}, { ...source, url: 'https://a.example' }],
  ['an empty address stays', { ...source, url: '' }, {}, { ...source, url: '' }],
  ['each in a column', byRow, given, taken],
  ['one in a column', { ...source, licence: { field: 'terms' } }, given, { ...source, licence: 'CC-BY-4.0' }],
  ['translated', translated, { ...given, terms: 'CCBY' }, { name: 'photos', licence: 'CC-BY-4.0' }],
  ['null translated', translated, { set: null, terms: null }, { name: 'ours', licence: 'CC0-1.0' }],
  ['no licence', byRow, { ...given, terms: null }, { ...taken, licence: 'unknown' }],
  ['an empty licence', byRow, { ...given, terms: '  ' }, { ...taken, licence: 'unknown' }],
  ['no address', byRow, { ...given, from: { url: null } }, { name: 'photos', licence: 'CC-BY-4.0' }],
  ['a number for a name', byRow, { ...given, set: 7 }, { ...taken, name: '7' }],
])('%s', async (_, source, changes, expected) => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [row(changes)])
  const [draft] = await draftsOf(jsonl(file, { fields, source, rest: 'ignore' }))
  expect(draft).toMatchObject({ source: expected })
  expect(Object.keys(Object(draft).source)).toEqual(Object.keys(expected))
})

test.each<[string, Record<string, unknown>, RegExp]>([
  ['no name', { ...given, set: null }, /^tasks.jsonl:1: source\.name: there is none; write it/],
  [
    'a list for a licence',
    { ...given, terms: ['MIT'] },
    /^tasks.jsonl:1: source\.licence: is a list, not text/,
  ],
  ['an object for an address', { ...given, from: { url: {} } }, /^tasks.jsonl:1: source\.url: is an object/],
  [
    'half a character',
    { ...given, set: 'a\uD800' },
    /^tasks.jsonl:1: source\.name: has a NUL character or half/,
  ],
  [
    'no such column',
    { set: 'photos', from: { url: 'x' } },
    /source\.licence: there is no field "terms"; the fields/,
  ],
])('%s is refused in a line that names it', async (_, changes, line) => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [row(changes)])
  const lines = await refusal([jsonl(file, { fields, source: byRow })], folder.path)
  expect(lines.join('\n')).toMatch(line)
})

test('a column that tells where a row is from is mapped: it is neither refused nor told again in meta', async () => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [row({ ...given, level: 3 })])
  expect(
    await refusal([jsonl(file, { fields: { ...fields, meta: ['level'] }, source: byRow })], folder.path),
  ).toEqual([])
  const [draft] = await draftsOf(jsonl(file, { fields, source: byRow, rest: 'meta' }))
  expect(draft).toMatchObject({ meta: { level: 3 } })
  expect(Object.keys(Object(draft).meta)).toEqual(['level'])
})
