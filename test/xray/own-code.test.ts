import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { byOwnCode } from '../../xray/own-code.ts'
import type { Sample } from '../../xray/sample.ts'
import { temporaryFolder } from '../fixtures.ts'

const spansModule = JSON.stringify(join(import.meta.dirname, '../../xray/python'))

/** A trainer that makes a token of each character, takes `#` for a picture, and trains capitals. */
const script = `
import sys
sys.path.insert(0, ${spansModule})
from spans import answer, one_by_one, spans_of

class Tokenizer:
    def convert_tokens_to_ids(self, token):
        return ord(token)
    def decode(self, ids, **_):
        return ''.join(map(chr, ids))

def encode(row):
    print('noise of a trainer')
    ids = [ord(char) for char in row['fields']['text']]
    labels = [each if chr(each).isupper() else -100 for each in ids]
    return spans_of(ids, labels, Tokenizer(), '#')

answer(lambda request: {'version': request['family'], 'rows': one_by_one(request['rows'], encode)})
`

const sample = (texts: (string | null)[]): Sample => ({
  target: 'trl',
  folder: '.',
  settings: {},
  of: texts.length,
  rows: texts.map(text => ({ id: 'a', fields: { text }, pictures: [] })),
})

async function asked(text: string, rows: Sample, python = 'python3') {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'with_trainer.py')
  await writeFile(path, text)
  return await byOwnCode(rows, { script: pathToFileURL(path), python, model: '.', family: 'qwen3_vl' })
}

test('neighbouring tokens that are alike are a span, and each run of picture tokens is a picture', async () => {
  const { version, rows } = await asked(script, sample(['ab##CD#d', null]))
  expect(version).toBe('qwen3_vl')
  expect(rows).toEqual([
    {
      ok: true,
      rendering: {
        cut: false,
        spans: [
          { kind: 'text', text: 'ab', trained: false, tokens: 2 },
          { kind: 'picture', picture: 0, trained: false, tokens: 2 },
          { kind: 'text', text: 'CD', trained: true, tokens: 2 },
          { kind: 'picture', picture: 1, trained: false, tokens: 1 },
          { kind: 'text', text: 'd', trained: false, tokens: 1 },
        ],
      },
    },
    { ok: false, problem: expect.stringMatching(/^TypeError: /) },
  ])
})

test.each([
  [
    'import nothing_of_this_name',
    'python3',
    /--python python3: ModuleNotFoundError: .*nothing_of_this_name.*; give a Python/,
  ],
  ['print("{}")', 'python3', /--python python3: its answer cannot be read/],
  ['', './no-python', /--python \.\/no-python: it ended with spawn \.\/no-python ENOENT; give a Python/],
])('a Python that cannot do it is told: %s', async (text, python, line) => {
  await expect(asked(text, sample(['a']), python)).rejects.toThrow(line)
})
