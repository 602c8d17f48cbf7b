import { afterAll, describe, expect, test } from 'vitest'
import { toolsUsed, type UsedKind, usedKindsIn } from '../../checks/tools-used.ts'
import type { Turn } from '../../schemas/trajectory.ts'
import { python } from '../../tools/python.ts'
import { defineTool } from '../../tools/tool.ts'
import { openCheckBench } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answerTurn, image, observation, pythonTurn, searchTurn, trajectory } from '../fixtures.ts'
import { labelledCode } from './labelled-code.ts'

const bench = await openCheckBench()
afterAll(() => bench[Symbol.asyncDispose]())

const run = (...turns: Turn[]) => trajectory({ turns: [...turns, answerTurn('8')] })
const measure = (...turns: Turn[]) => toolsUsed().measure(run(...turns), bench.context)
const cells = (...codes: string[]) => measure(...codes.map(code => pythonTurn({ code })))
const broken = pythonTurn({ status: 'error', error: { name: 'E', value: '', traceback: '' } })

describe('toolsUsed', () => {
  checkConformance(async use =>
    use({ check: toolsUsed(), context: bench.context, passing: run(pythonTurn()), failing: run(broken) }),
  )
})

const labelled = Object.entries(labelledCode).flatMap(([kinds, codes]) => codes.map(code => [kinds, code]))
test.each(labelled)('%s: %j', async (kinds, code) => {
  expect((await cells(code)).detail).toBe(kinds.replace(/\w+/g, kind => `${kind}:1`))
})

test('the list is in one order, counts calls that worked, and cells know of one another', async () => {
  const { detail } = await measure(
    searchTurn([['a', 'b']]),
    broken,
    pythonTurn({ code: 'print(1 / 3)' }),
    pythonTurn({ code: 'from PIL import ImageDraw\npen = ImageDraw.Draw(image_1)' }),
    pythonTurn({ code: 'pen.line((0, 0, 9, 9))\nimage_1.crop((0, 0, 4, 4))' }),
    pythonTurn({ code: 'print(2 / 3)' }),
  )
  expect(detail).toBe('crop:1 mark:1 numerical_analysis:2 other_code:1 text_search:1')
})

const named = (name: string, changes: Parameters<typeof observation>[0]): Turn => {
  const turn = searchTurn([['a', 'b']])
  return {
    reply: { ...turn.reply, calls: [{ id: 'call_1', name, arguments: '{}' }] },
    observations: [observation({ ...turn.observations[0], ...changes })],
  }
}
const pictures = {
  kind: 'results' as const,
  provider: 'p',
  query: 'q',
  results: [{ id: 'a', title: 'a', snippet: '', licence: null, image: image(), score: 1 }],
}

const tools = [
  ...(['code', 'image_search', 'text_search', 'other'] as const).map(kind =>
    defineTool({ ...python(), name: `my_${kind}`, kind }),
  ),
  defineTool({ ...python(), name: 'text_search', kind: 'other' }),
]

test.each<[string, Turn, UsedKind]>([
  ['a search for pictures', named('my_image_search', {}), 'image_search'],
  ['a search for texts, whatever it found', named('my_text_search', { data: pictures }), 'text_search'],
  ['another tool that found pictures', named('my_other', { data: pictures }), 'image_search'],
  ['another tool that found texts', named('my_other', {}), 'text_search'],
  ['a tool of no kind', named('my_other', { data: null }), 'other_tool'],
  ['a tool whose name says what it is not', named('text_search', { data: null }), 'other_tool'],
])('%s', async (_, turn, kind) => {
  const context = { ...bench.context, tools }
  expect(await toolsUsed().measure(run(turn), context)).toMatchObject({ passed: true, detail: `${kind}:1` })
})

test('what was measured can be read again', async () => {
  const measured = await cells('image_1.crop((0, 0, 4, 4))', 'print(1 / 3)', 'print(2 / 3)')
  const fact = { check: 'tools_used', version: 1, ...measured }
  expect(usedKindsIn([fact])).toEqual({ crop: 1, numerical_analysis: 2 })
  expect(usedKindsIn([{ ...fact, passed: false, reason: 'no_tool' }])).toEqual({})
  expect(usedKindsIn([])).toBeNull()
})
