import { expect, test } from 'vitest'
import type { Label } from '../../labels/label.ts'
import { rowLabel, standing } from '../../labels/row-label.ts'
import { label } from './labels.ts'

const ben = { by: 'Ben' }
const bad = { label: 'bad' } as const
const unsure = { label: 'unsure' } as const
const back = { label: null }
const turn = (turn: number) => ({ turn })

/** What is said of one row, line by line, and what of it counts in the end. */
test.each<[string, Partial<Label>[], string | undefined, string[]]>([
  ['nothing', [], undefined, []],
  ['one word', [{}], 'good', ['Ann']],
  ['the last word of a person', [bad, {}], 'good', ['Ann']],
  ['a word that was taken back', [bad, back], undefined, []],
  ['a word after one that was taken back', [bad, back, unsure], 'unsure', ['Ann']],
  ['taking back what was never said', [back], undefined, []],
  ['two who agree', [bad, { ...bad, ...ben }], 'bad', ['Ann', 'Ben']],
  ['two who disagree', [bad, ben], 'disagreement', ['Ben', 'Ann']],
  ['two of whom one took it back', [bad, ben, { ...back, ...ben }], 'bad', ['Ann']],
  ['one who is unsure contradicts nobody', [unsure, ben], 'good', ['Ben']],
  ['nor one who is unsure beside a bad word', [unsure, { ...bad, ...ben }], 'bad', ['Ben']],
  ['a bad turn', [{ ...bad, ...turn(2) }], 'bad', ['Ann']],
  ['a good turn says nothing of the row', [turn(2)], undefined, []],
  ['a bad turn among good ones', [turn(1), { ...bad, ...turn(2) }], 'bad', ['Ann']],
  ['the word on the row goes before its turns', [{ ...bad, ...turn(2) }, {}], 'good', ['Ann']],
  [
    'a turn taken back',
    [
      { ...bad, ...turn(2) },
      { ...back, ...turn(2) },
    ],
    undefined,
    [],
  ],
  ['taking back the row leaves its turns', [{ ...bad, ...turn(2) }, {}, back], 'bad', ['Ann']],
  ['names are told apart by case', [bad, { by: 'ann' }], 'disagreement', ['ann', 'Ann']],
])('%s', (_, said, word, by) => {
  const found = rowLabel(standing(said.map(label)))
  expect(found?.label).toBe(word)
  expect(found?.by ?? []).toEqual(by)
})

test('labels of one row say nothing of another', () => {
  const other = label({ key: 'b'.repeat(64), ...back })
  expect(standing([label(bad), other])).toEqual([label(bad)])
})
