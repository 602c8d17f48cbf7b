import { expect, test } from 'vitest'
import { repeatedThought, repetition } from '../../../checks/signals/repetition.ts'
import { pythonTurn } from '../../fixtures.ts'
import { sight } from './sight.ts'

const loop = 'the box of the leftmost point lies in this row, '
const table = '0 1 0 0 1 1\n'
test.each<[string, string, boolean]>([
  ['a sentence eight times', loop.repeat(8), true],
  ['a sentence a few times', loop.repeat(5), false],
  ['a sentence in Chinese', '我再看一次这张图片。'.repeat(9), true],
  ['the rows of a table', table.repeat(40), false],
  ['a block of code', `\`\`\`\n${loop.repeat(20)}\n\`\`\``, false],
  [
    'items of a list that differ',
    Array.from({ length: 30 }, (_, at) => `- point ${at} is ${at * 7}\n`).join(''),
    false,
  ],
])('%s', async (_, thought, seen) => {
  expect(await sight(repetition, { thought })).toBe(seen ? 1 : null)
})

const long = 'I look at the upper left corner again, since the label there is too small to read.'
test.each<[string, string[], number | null]>([
  ['twice', [long, long], 2],
  ['again later', [long, 'I crop it.', long], 3],
  ['in other words', [long, `Now ${long}`], null],
  ['a short one', ['I crop it.', 'I crop it.'], null],
])('the same thought %s', async (_, thoughts, turn) => {
  expect(await sight(repeatedThought, { turns: thoughts.map(text => pythonTurn({}, text)) })).toBe(turn)
})
