import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type LabelledOptions, labelled } from '../../filters/labelled.ts'
import { OptionsError } from '../../schemas/options.ts'
import { filterConformance } from '../conformance/filter.ts'
import { trajectory } from '../fixtures.ts'
import { asLines, keyOf, label } from '../labels/labels.ts'

const folder = await mkdtemp(join(tmpdir(), 'kindling-labelled-'))
const file = join(folder, 'labels.jsonl')
const why = { reasons: ['wrong_answer', 'unsafe'], note: 'It reads\nthe wrong bar.' }
writeFileSync(
  file,
  asLines([
    label({ key: keyOf('good') }),
    label({ key: keyOf('bad'), label: 'bad', ...why }),
    label({ key: keyOf('turn'), label: 'bad', turn: 2 }),
    label({ key: keyOf('unsure'), label: 'unsure' }),
    label({ key: keyOf('torn'), label: 'bad' }),
    label({ key: keyOf('torn'), by: 'Ben' }),
    label({ key: keyOf('back'), label: 'bad' }),
    label({ key: keyOf('back'), label: null }),
  ]),
)
afterAll(() => rm(folder, { recursive: true }))

const row = (name: string) => ({ trajectory: trajectory({ key: keyOf(name) }), facts: [] })

describe('labelled', () => {
  filterConformance({ filter: labelled({ file }), kept: row('good'), dropped: row('bad') })
})

const kept = { keep: true }
const gone = (reason: string, detail: string) => ({ keep: false, reason, detail })
const torn = gone('label_disagreement', 'Ann: bad; Ben: good')

test.each<[string, string, Partial<LabelledOptions>, object]>([
  ['a row without a label stays', 'other', {}, kept],
  ['a good one stays', 'good', {}, kept],
  [
    'a bad one goes',
    'bad',
    {},
    gone('label_bad', 'Ann: bad: wrong_answer, unsafe, "It reads the wrong bar."'),
  ],
  ['one with a bad turn goes', 'turn', {}, gone('label_bad', 'Ann: bad (turn 2)')],
  ['an unsure one stays', 'unsure', {}, kept],
  [
    'an unsure one goes where that is meant',
    'unsure',
    { drop: ['unsure'] },
    gone('label_unsure', 'Ann: unsure'),
  ],
  ['a bad one stays where it is not meant', 'bad', { drop: ['unsure'] }, kept],
  ['one that people disagree about goes', 'torn', {}, torn],
  ['it goes whatever is meant', 'torn', { drop: [] }, torn],
  ['it stays where that is said', 'torn', { disagreements: 'keep' }, kept],
  ['what was taken back does not count', 'back', {}, kept],
])('%s', (_, name, options, verdict) => {
  expect(labelled({ file, ...options }).begin()(row(name))).toEqual(verdict)
})

test('its options say which labels decided', () => {
  const before = labelled({ file }).options
  writeFileSync(file, asLines([label()]), { flag: 'a' })
  expect(before).toEqual({
    file,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    drop: ['bad'],
    disagreements: 'drop',
  })
  expect(labelled({ file }).options.sha256).not.toBe(before.sha256)
})

test.each<[string, object, RegExp]>([
  ['no file', {}, /^labelled: file is missing/],
  ['a word that is no label', { file, drop: ['poor'] }, /^labelled: drop/],
  ['an empty rubric', { file, rubric: [] }, /^labelled: rubric/],
  [
    'a rubric in words',
    { file, rubric: ['Too long'] },
    /^labelled: rubric\[0\] is "Too long"; give a reason/,
  ],
])('%s is refused', (_, options, said) => {
  expect(() => labelled(options as LabelledOptions)).toThrow(OptionsError)
  expect(() => labelled(options as LabelledOptions)).toThrow(said)
})
