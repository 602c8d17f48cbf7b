import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { labelled } from '../../filters/labelled.ts'
import { labelPlace } from '../../view/label-routes.ts'
import { temporaryFolder } from '../fixtures.ts'
import { asLines, label } from '../labels/labels.ts'
import { type Exported, exported, served } from './exported.ts'

let place: Exported
beforeAll(async () => {
  place = await exported()
})
afterAll(() => place[Symbol.asyncDispose]())

const json = { 'content-type': 'application/json' }
const body = JSON.stringify(label())

/** What is sent, and how it is answered. */
test.each<[string, RequestInit, number, RegExp]>([
  ['a label', { body, headers: json }, 204, /^$/],
  [
    'a label with an encoding',
    { body, headers: { 'content-type': 'application/json; charset=utf-8' } },
    204,
    /^$/,
  ],
  [
    'a label as a form may send it',
    { body, headers: { 'content-type': 'text/plain' } },
    415,
    /application\/json/,
  ],
  ['no JSON', { body: '{', headers: json }, 400, /^the label: the options are undefined; give/],
  [
    'an unknown field',
    { body: '{"lable":1}', headers: json },
    400,
    /^the label: `lable` is no option; did you mean `label`\?$/,
  ],
  [
    'a label of nobody',
    { body: JSON.stringify(label({ by: '' })), headers: json },
    400,
    /^the label: by is ""/,
  ],
  ['too much', { body: ' '.repeat(64_001), headers: json }, 413, /at most 64000 bytes/],
  ['another way of writing', { method: 'PUT', body, headers: json }, 405, /^$/],
])('%s is answered as it should be', async (_, sent, status, says) => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'labels.jsonl')
  await using server = await served(place.folder, file)
  const answer = await fetch(`${server.url}labels`, { method: 'POST', ...sent })
  expect(answer.status).toBe(status)
  expect(await answer.text()).toMatch(says)
  expect(await readFile(file, 'utf8').catch(() => '')).toBe(status === 204 ? asLines([label()]) : '')
})

test('where the file cannot be written, that is said', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'gone', 'labels.jsonl')
  await using server = await served(place.folder, file)
  const answer = await fetch(`${server.url}labels`, { method: 'POST', body, headers: json })
  expect(answer.status).toBe(500)
  expect(await answer.text()).toMatch(/labels\.jsonl cannot be written \(ENOENT\)$/)
})

test('without a place for labels there is no way to send one', async () => {
  await using server = await served(place.folder)
  expect((await fetch(`${server.url}labels`, { method: 'POST', body, headers: json })).status).toBe(404)
})

test('what others add to the file is told, and a label that was cut is removed at the start', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'labels.jsonl')
  await writeFile(file, asLines([label()]) + asLines([label()]).slice(0, 50))
  await using server = await served(place.folder, file)
  await appendFile(file, asLines([label({ by: 'Ben' })]))
  const told = await (await fetch(`${server.url}labels`)).json()
  expect(told).toMatchObject({ labels: [label(), label({ by: 'Ben' })] })
})

test('a file of labels that is broken is refused before anything is served', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'labels.jsonl')
  await writeFile(file, `5\n${asLines([label()])}`)
  await expect(labelPlace(place.folder, file)).rejects.toThrow(/labels\.jsonl:1: the options are 5/)
})

test.each<[string, unknown, RegExp]>([
  ['that of the config', { rubric: ['too_long', 'blurred'] }, /^too_long blurred$/],
  ['the usual one where the config names none', {}, /^wrong_answer needless_tool /],
  ['the usual one where it is none', { rubric: [5] }, /^wrong_answer /],
])('the rubric is %s', async (_, options, rubric) => {
  await using folder = await temporaryFolder()
  const config = { filters: [{ name: 'labelled', version: 1, options }] }
  await writeFile(join(folder.path, 'manifest.json'), JSON.stringify({ config }))
  const found = await labelPlace(folder.path, join(folder.path, 'labels.jsonl'))
  expect(found.rubric.join(' ')).toMatch(rubric)
})

test('the rubric of the filter is what its manifest says', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'labels.jsonl')
  await writeFile(file, '')
  const { name, version, options } = labelled({ file, rubric: ['too_long'] })
  await mkdir(join(folder.path, 'export'))
  const config = { filters: [{ name, version, options }] }
  await writeFile(join(folder.path, 'export/manifest.json'), JSON.stringify({ config }))
  expect(await labelPlace(join(folder.path, 'export'), file)).toMatchObject({ rubric: ['too_long'] })
})
