import { expect, test } from 'vitest'
import { unseenImage } from '../../../checks/signals/unseen-image.ts'
import type { Turn } from '../../../schemas/trajectory.ts'
import { image, observation, reply } from '../../fixtures.ts'
import { sight } from './sight.ts'

const showing = (text: string, count: number, code = ''): Turn => ({
  reply: reply({ text, calls: [{ id: 'call_1', name: 'python', arguments: code }], stop: 'calls' }),
  observations: [observation({ parts: Array(count).fill({ type: 'image', image: image() }) })],
})

test.each<[string, Turn[], string, number | null]>([
  ['an image that nobody showed', [showing('I crop it.', 2)], 'In image_9 I see it.', 2],
  ['the last that was shown', [showing('I crop it.', 2)], 'In image_3 I see it.', null],
  ['one more than was shown', [showing('I crop it.', 2)], 'In image_4 I see it.', 2],
  ['image_0', [], 'In image_0 I see it.', 1],
  ['one that the call is to show', [showing('I crop it and show it as image_2.', 0)], '', null],
  ['one that the call does show', [showing('I make image_2 to image_6.', 5)], '', null],
  ['one far ahead', [showing('I look at image_7.', 1)], '', 1],
  ['a variable', [showing('I keep image_77.', 1, 'image_77 = 1')], 'In image_77 I see it.', null],
])('%s', async (_, turns, thought, turn) => {
  expect(await sight(unseenImage, { turns, thought })).toBe(turn)
})
