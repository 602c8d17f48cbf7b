import { expect, test } from 'vitest'
import { misquoted } from '../../../checks/signals/misquoted.ts'
import { pythonTurn, searchTurn } from '../../fixtures.ts'
import { sight } from './sight.ts'

const printed = [pythonTurn({ stdout: 'width 733.45, share 0.2537' })]

test.each([
  ['The code printed a width of 812.45 pixels.', true],
  ['Python gives 0.314 for the share.', true],
  ['The search results report 1,200 people.', true],
  ['The output says "height 6".', true],
  ['According to the output, the value is 942.', true],
  ['The result of this script is 1199.', true],
  ['The output shows 733.45.', false],
  ['The output was about 730.', false],
  ['The output shows a share of 25.4%.', false],
  ['Twice the output of 733.45 is 1466.9.', false],
  ['The output says "width 733.45".', false],
  ['The code will print 942.', false],
  ['If the output shows 942, the image was scaled.', false],
  ['The output does not show 942.', false],
  ['I see 942 stars.', false],
  ['The area code 0471 belongs to Bolzano.', false],
  ['Section 1204 of the Probate Code applies.', false],
  ['A cardiac output of 4.85 litres is normal.', false],
])('%j after an output', async (thought, seen) => {
  expect(await sight(misquoted, { turns: printed, thought })).toBe(seen ? 2 : null)
})

test('a result that is told in the turn that calls was told too early', async () => {
  expect(await sight(misquoted, { turns: [pythonTurn({ stdout: '733' }, 'The output is 733.')] })).toBe(1)
})

test.each([
  ['Norway has 323802 inhabitants; next I need its area.', true],
  ['Its motto is "Alt for Norge".', true],
  ['No match, so I try "flag of Norway" instead.', true],
  ['I look for it in another way.', false],
])('after a search that found nothing, %j', async (thought, seen) => {
  expect(await sight(misquoted, { turns: [searchTurn([])], thought })).toBe(seen ? 2 : null)
  expect(await sight(misquoted, { turns: [searchTurn([['Norway', 'It is there.']])], thought })).toBeNull()
})

test('an address states nothing', async () => {
  const turns = [searchTurn([['Quiz', 'Play it at https://example.org/5018.html.']])]
  const thought = (said: string) => sight(misquoted, { turns, thought: said })
  expect(await thought('The search found https://example.org/7777.html.')).toBeNull()
  expect(await thought('The search says 7777 km.')).toBe(2)
})
