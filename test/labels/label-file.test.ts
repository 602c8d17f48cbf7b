import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { appendLabels, readLabels } from '../../labels/label-file.ts'
import { InputError } from '../../schemas/input-error.ts'
import { temporaryFolder } from '../fixtures.ts'
import { asLines, keyOf, label } from './labels.ts'

/** What is said where a file holds this. */
async function refusal(text: string): Promise<string[]> {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'labels.jsonl')
  await writeFile(path, text)
  try {
    readLabels(path, 'labels.jsonl')
  } catch (error) {
    if (error instanceof InputError) return error.lines
    throw error
  }
  return []
}

const whole = asLines([label()])
const second = (changes: object) => whole + asLines([{ ...label(), ...changes }])

test.each<[string, string, RegExp]>([
  [
    'an unknown field',
    second({ lable: 'bad' }),
    /^labels\.jsonl:2: `lable` is no option; did you mean `label`\?$/,
  ],
  ['another version', second({ label_version: 2 }), /^labels\.jsonl:2: label_version is 2; give 1$/],
  [
    'another word',
    second({ label: 'fine' }),
    /^labels\.jsonl:2: label is "fine"; give "good", "bad", "unsure", or null/,
  ],
  ['no word', asLines([{ ...label(), label: undefined }]), /^labels\.jsonl:1: label is missing; give "good"/],
  ['a key that is none', second({ key: 'abc' }), /^labels\.jsonl:2: key is "abc"; give the key of a rollout/],
  ['a manifest that is none', second({ manifest: '' }), /^labels\.jsonl:2: manifest is ""; give of manifest/],
  [
    'a reason in words',
    second({ reasons: ['Wrong answer'] }),
    /^labels\.jsonl:2: reasons\[0\] is "Wrong answer"; give a/,
  ],
  [
    'a note that is too long',
    second({ note: 'x'.repeat(2001) }),
    /^labels\.jsonl:2: note is "x+…x+"; give a text of at/,
  ],
  ['turn 0', second({ turn: 0 }), /^labels\.jsonl:2: turn is 0; give a whole number from 1$/],
  [
    'a box without a side',
    second({ box: { image: 0, left: 1, top: 1, right: 2 } }),
    /^labels\.jsonl:2: box\.bottom is miss/,
  ],
  ['nobody', second({ by: '' }), /^labels\.jsonl:2: by is ""; give the name of whoever says it$/],
  [
    'a name with a line break',
    second({ by: 'Ann\nBen' }),
    /^labels\.jsonl:2: by is "Ann\\nBen"; give the name/,
  ],
  ['no time', second({ at: 'today' }), /^labels\.jsonl:2: at is "today"; give a time in ISO 8601/],
  ['no object', `${whole}5\n`, /^labels\.jsonl:2: the options are 5; give/],
  ['no JSON', `{"label\n${whole}`, /^labels\.jsonl:1: this is no JSON; mend or remove the line$/],
  ['a last line that was cut', whole + whole.slice(0, 40), /^labels\.jsonl:2: the last line was cut/],
  [
    'a terminal that is commanded',
    `${whole}{"\\u001b[2J": 1}\n`,
    /^labels\.jsonl:2: `\P{Cc}+` is no option/u,
  ],
])('%s is refused with its line', async (_, text, said) => {
  expect(await refusal(text)).toEqual([expect.stringMatching(said)])
})

test.each<[string, string]>([
  ['nothing', ''],
  ['blank lines', `\n${whole}\n\n`],
  ['no end of its last line', whole.trimEnd()],
  ['line ends of another system', whole.replaceAll('\n', '\r\n')],
])('a file with %s is read', async (_, text) => {
  expect(await refusal(text)).toEqual([])
})

test('all that is wrong is said at once', async () => {
  expect(await refusal(asLines([{ a: 1 }, { b: 1 }]))).toHaveLength(2)
})

test('a file that is not there is refused, and told how it comes to be', () => {
  expect(() => readLabels('/nowhere/labels.jsonl', 'labels.jsonl')).toThrow(
    /^labels\.jsonl: there is no such file; `kindling view` writes labels, and an empty file is one without any$/,
  )
})

const [ann, ben] = [label(), label({ by: 'Ben', label: 'bad' })]

test.each<[string, string, object[]]>([
  ['a file that is not there', '', [ben]],
  ['a whole one', asLines([ann]), [ann, ben]],
  ['one whose last line has no end', asLines([ann]).trimEnd(), [ann, ben]],
  ['one whose last line was cut', asLines([ann]) + asLines([ann]).slice(0, -9), [ann, ben]],
  ['one whose only line was cut', asLines([ann]).slice(0, 30), [ben]],
  ['one that was cut within a letter', `${asLines([ann])}{"note":"\xc3`, [ann, ben]],
])('a label is added to %s', async (_, before, after) => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'labels.jsonl')
  if (before !== '') await writeFile(path, before, 'latin1')
  await appendLabels(path, [ben])
  expect(await readFile(path, 'utf8')).toBe(asLines(after))
})

test('labels of many at once are all there, each on its line', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'labels.jsonl')
  const all = Array.from({ length: 50 }, (_, n) => label({ key: keyOf(`${n}`), note: 'n'.repeat(n * 40) }))
  await Promise.all(all.map(each => appendLabels(path, [each])))
  expect(readLabels(path).labels).toEqual(all)
})

test('what was written before is never written again', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'labels.jsonl')
  await appendLabels(path, [ann])
  const before = await readFile(path)
  await appendLabels(path, [{ ...ann, label: null }])
  const after = await readFile(path)
  expect(after.subarray(0, before.length)).toEqual(before)
  expect(readLabels(path).rows.size).toBe(0)
})

test('the hash is of the bytes of the file', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'labels.jsonl')
  await appendLabels(path, [ann])
  const before = readLabels(path).sha256
  await appendFile(path, '\n')
  expect(readLabels(path).sha256).not.toBe(before)
})
