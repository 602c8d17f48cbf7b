import { expect, test } from 'vitest'
import { speaksOf, wordsIn } from '../../words/words.ts'

type Readings = Partial<Record<Parameters<typeof wordsIn>[1], string[]>>

test.each<[string, Readings]>([
  ['How many, exactly?', { likeness: ['how', 'many', 'exactly'], mention: ['how', 'many', 'exactly'] }],
  [
    'It costs -3.5 % more',
    {
      likeness: ['it', 'costs', '-3.5', '%', 'more'],
      quotation: ['it', 'costs', '3', '5', 'more'],
      mention: ['it', 'cost', '3', '5', 'more'],
      name: ['it', 'costs', '3.5', 'more'],
    },
  ],
  ['3 + 5', { likeness: ['3', '+', '5'], quotation: ['3', '5'] }],
  ['Ｗｉｄｅ ﬁne', { likeness: ['wide', 'fine'], quotation: ['wide', 'fine'], mention: ['wide', 'fine'] }],
  [
    '几只猫 cats',
    {
      likeness: ['几', '只', '猫', 'cats'],
      quotation: ['几', '只', '猫', 'cats'],
      mention: ['几只猫', 'cat'],
      name: ['几只猫', 'cats'],
    },
  ],
  ['ไทย', { likeness: ['ไ', 'ท', 'ย'], quotation: ['ไทย'] }],
  ['São glasses b2', { likeness: ['são', 'glasses', 'b', '2'], mention: ['sao', 'glasse', 'b2'] }],
  ['theRedHouse_1,234%20b2.png', { name: ['the', 'red', 'house', '1234', 'b', '2', 'png'] }],
  ['100% of it', { name: ['100', 'of', 'it'] }],
  ['', { likeness: [], quotation: [], mention: [], name: [] }],
])('the words of %j', (text, readings) => {
  for (const [purpose, words] of Object.entries(readings))
    expect(wordsIn(text, purpose as keyof Readings), purpose).toEqual(words)
})

test.each<[string, string, boolean]>([
  ['Two Cafés stand there.', 'cafe', true],
  ['It is the Red House.', 'red houses', true],
  ['It is the red, old house.', 'red house', false],
  ['Redder houses', 'red', false],
])('%j speaks of %j: %s', (text, phrase, expected) => expect(speaksOf(text, phrase)).toBe(expected))
