import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../schemas/json.ts'
import { png, temporaryFolder } from '../../fixtures.ts'
import { inHf, inLlamaFactory } from '../../xray/rows.ts'
import { commandIn } from '../command.ts'

const hostile = '</div><script>alert(1)</script>'
const bytes = (await png()).toString('base64')
const images = ['a', 'b', 'c'].map(name => ({ bytes, path: `${name}.png` }))
const listOf = (value: unknown) => value as JsonObject[]
const answeredWith = (answer: string) => ({
  ...inLlamaFactory,
  id: hostile,
  images,
  conversations: listOf(inLlamaFactory.conversations).map(turn => ({
    ...turn,
    value: String(turn.value).replace('<answer>4', `<answer>${answer}`),
  })),
})

/** An export of one row, with its row in `hf`. */
async function exportIn(folder: string, row: JsonObject) {
  const files = {
    'llamafactory/train/train-00000-of-00001.jsonl': row,
    'hf/data/train-00000-of-00001.jsonl': inHf,
  }
  for (const [path, row] of Object.entries({ ...files, 'manifest.json': {} })) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), JSON.stringify(row))
  }
}

const asked = ['--trainer', 'llamafactory', '--model', 'qwen3_vl']

test('a row of which nothing is lost is told in a line and shown as it is read', async () => {
  await using folder = await temporaryFolder()
  await exportIn(folder.path, answeredWith('4'))
  const { code, out, err } = await commandIn(folder.path, {}).kindling(['xray', '.', ...asked])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(
    /^llamafactory × qwen3_vl: 1 of 1 rows of llamafactory, about [\d,]+ tokens, \d+ % trained; nothing lost \(by its rules, [\d.]+\)\n/,
  )
  expect(out).toContain('\n  [picture 1]\n')
  expect(out).toContain('\n+ <answer>4</answer><|im_end|>\n')
})

test('what is lost ends in a status of its own; the page is inert', async () => {
  await using folder = await temporaryFolder()
  await exportIn(folder.path, answeredWith('5'))
  const args = ['xray', '.', ...asked, '--html', 'page.html', '--json']
  const { code, out } = await commandIn(folder.path, {}).kindling(args)
  expect(code).toBe(10)
  expect(JSON.parse(out)).toMatchObject({
    kind: 'result',
    status: 10,
    ok: false,
    trainer: 'llamafactory',
    model: 'qwen3_vl',
    by: { code: 'rules' },
    rows: 1,
    of: 1,
    faults: [
      {
        kind: 'answer_lost',
        rows: 1,
        count: 1,
        first: { id: hostile, turn: 3, detail: '<answer>4</answer>' },
      },
    ],
  })
  const page = await readFile(join(folder.path, 'page.html'), 'utf8')
  expect(page).toContain('<del>lost answer: &lt;answer&gt;4&lt;/answer&gt;</del>')
  expect(page).toContain(`src="data:image/png;base64,${bytes}"`)
  expect(page).not.toContain('<script')
})

const answer = JSON.stringify({ version: 'its own', rows: [{ problem: 'it would not' }] })

test.each([
  ['has the trainer', 'llamafactory', /1 kind of fault \(by its own code, its own\)/],
  ['has another', 'trl', /nothing lost \(by its rules/],
])('of an activated environment that %s', async (_, installed, said) => {
  await using folder = await temporaryFolder()
  await exportIn(folder.path, answeredWith('4'))
  const environment = join(folder.path, 'env')
  const files = {
    'env/lib/python3.11/site-packages': { [`${installed}/__init__.py`]: '' },
    'env/bin': { python: `#!/bin/sh\ncat > /dev/null; echo '${answer}'\n` },
    model: { 'config.json': JSON.stringify({ model_type: 'qwen3_vl' }) },
  }
  for (const [below, each] of Object.entries(files))
    for (const [path, text] of Object.entries(each)) {
      await mkdir(dirname(join(folder.path, below, path)), { recursive: true })
      await writeFile(join(folder.path, below, path), text, { mode: 0o755 })
    }
  const args = ['xray', '.', '--trainer', 'llamafactory', '--model', 'model']
  const { out } = await commandIn(folder.path, { VIRTUAL_ENV: environment }).kindling(args)
  expect(out).toMatch(said)
})

test.each([
  [['--trainer', 'nobody', '--model', 'qwen3_vl'], /^--trainer nobody: there are llamafactory, /],
  [
    ['--trainer', 'llamafactory', '--model', 'nothing'],
    /^--model nothing: neither a family \(.*\) nor a folder/,
  ],
  [['--trainer', 'llamafactory', '--model', 'gemma3'], /^--model: llamafactory has templates of its own/],
  [[...asked, '--python', 'python3'], /^--python: the trainer’s own code needs a processor/],
  [[...asked, '--rows', 'all'], /^--rows all is no whole number/],
])('%j ends in one line', async (args, line) => {
  await using folder = await temporaryFolder()
  await exportIn(folder.path, answeredWith('4'))
  const { code, err } = await commandIn(folder.path, {}).kindling(['xray', '.', ...args])
  expect({ code, lines: err.trim().split('\n').length }).toEqual({ code: 2, lines: 1 })
  expect(err).toMatch(line)
})
