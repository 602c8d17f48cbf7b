import { afterAll, describe, expect, test } from 'vitest'
import { repeatedCall } from '../../checks/repeated-call.ts'
import { noContext, openCheckBench } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answerTurn, searchTurn, trajectory } from '../fixtures.ts'

const bench = await openCheckBench()
afterAll(() => bench[Symbol.asyncDispose]())

const passing = await bench.record(['print(image_1.width)', 'print(image_1.height)'])
const failing = await bench.record(['print(image_1.width)', 'print(image_1.width)'])
describe('repeatedCall', () => {
  checkConformance(async use => use({ check: repeatedCall(), context: noContext, passing, failing }))
})

test.each<[string, string[], boolean]>([
  ['other code', ['print(image_1.width)', 'print(image_1.size)'], true],
  ['the same code with a comment', ['print(image_1.width)', '# once more\nprint(image_1.width)'], false],
  ['the same code later', ['print(image_1.width)', 'print(image_1.height)', 'print(image_1.width)'], false],
  ['the same picture', ['image_1.rotate(90)', 'image_1.rotate(90)'], false],
  ['the same mistake', ['image_1.widht', 'image_1.widht'], false],
  ['code that goes on from its work', ['n = 0', 'n += 1\nprint(n)', 'n += 1\nprint(n)'], true],
  ['code that goes on and shows nothing', ['n = 0', 'n += 1', 'n += 1', 'print(n)'], true],
  ['code that works once it is mended', ['print(w)', 'w = image_1.width', 'print(w)'], true],
])('%s', async (_, codes, passed) => {
  expect(await repeatedCall().measure(await bench.record(codes), noContext)).toMatchObject({ passed })
})

test('a search is repeated where it finds the same again', async () => {
  const oslo = searchTurn([['Oslo', 'A city.']])
  const made = (...turns: (typeof oslo)[]) => trajectory({ turns: [...turns, answerTurn('8')] })
  expect(await repeatedCall().measure(made(oslo, oslo), noContext)).toEqual({
    passed: false,
    reason: 'same_result',
    detail: 'turn 2 repeats a call of turn 1',
  })
  expect(await repeatedCall().measure(made(searchTurn([]), oslo), noContext)).toMatchObject({ passed: true })
})
