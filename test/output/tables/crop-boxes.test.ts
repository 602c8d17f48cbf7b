import { expect, test } from 'vitest'
import { callsTable } from '../../../output/tables/calls.ts'
import type { Json, JsonObject } from '../../../schemas/json.ts'
import type { Fact, Turn } from '../../../schemas/trajectory.ts'
import { answerTurn, image, observation, pythonTurn, reply, trajectory } from '../../fixtures.ts'

const factWith = (data?: JsonObject): Fact => ({
  ...{ check: 'recrop', version: 2, passed: true, reason: '', detail: '' },
  ...(data && { data }),
})

/** A call of a tool that shows the region it was told of a picture. */
const zoomTurn = (args: Json | string, mistake = false): Turn => {
  const raw = typeof args === 'string' ? args : JSON.stringify(args)
  const call = { id: 'call_1', name: 'zoom', arguments: raw }
  const shown = mistake ? [] : [{ type: 'image' as const, image: image('region', { width: 56, height: 56 }) }]
  return {
    reply: reply({ calls: [call], stop: 'calls' }),
    observations: [
      observation({
        data: null,
        parts: shown,
        mistake: mistake ? { kind: 'tool_error', message: 'no' } : null,
      }),
    ],
  }
}

const boxesOf = (turns: Turn[], ...facts: Fact[]) =>
  callsTable
    .lines({
      ...{ measured: { trajectory: trajectory({ turns: [...turns, answerTurn('8')] }), facts } },
      ...{ verdict: { keep: true }, part: 0, place: null, costs: [], tries: null, label: null },
    })
    .map(({ boxes }) => boxes)

const region = (image: number, [left, top, right, bottom]: number[]) => ({ image, left, top, right, bottom })

const code = pythonTurn()
const found = ['image_1', 0, 0.5, 4, 6]

test.each<[string, Turn[], Fact[], unknown[]]>([
  ['code of which a check tells', [code], [factWith({ boxes: [[found]] })], [[region(0, [0, 0.5, 4, 6])]]],
  [
    'a crop that nobody could work out',
    [code],
    [factWith({ boxes: [[null, found]] })],
    [[null, region(0, [0, 0.5, 4, 6])]],
  ],
  ['code that crops nothing', [code], [factWith({ boxes: [[]] })], [[]]],
  [
    'code that nobody could read',
    [code, code],
    [factWith({ boxes: [null, [found]] })],
    [null, [region(0, [0, 0.5, 4, 6])]],
  ],
  ['a fact from before boxes were told', [code], [factWith()], [null]],
  ['a run without the check', [code], [], [null]],
  ['data of another shape', [code], [factWith({ boxes: [[['image_1', 0]]] })], [null]],
  ['fewer cells than ran', [code, code], [factWith({ boxes: [[]] })], [[], null]],
  [
    'cells among other calls',
    [code, zoomTurn({ bbox_2d: [1, 1, 3, 3] }), code],
    [factWith({ boxes: [[], [found]] })],
    [[], [region(0, [1, 1, 3, 3])], [region(0, [0, 0.5, 4, 6])]],
  ],
  ['a box that a tool was told', [zoomTurn({ bbox_2d: [1.5, 0, 4.5, 6] })], [], [[region(0, [1, 0, 5, 6])]]],
  ['one that reaches beyond', [zoomTurn({ bbox_2d: [-9, 2, 999, 99] })], [], [[region(0, [0, 2, 8, 6])]]],
  [
    'one of a picture that was shown before',
    [zoomTurn({ bbox_2d: [0, 0, 4, 4] }), zoomTurn({ bbox_2d: [2, 2, 60, 9], image: 'image_2' })],
    [],
    [[region(0, [0, 0, 4, 4])], [region(1, [2, 2, 56, 9])]],
  ],
  ['a picture that is not there', [zoomTurn({ bbox_2d: [0, 0, 4, 4], image: 'image_9' })], [], [[null]]],
  ['a name that is none', [zoomTurn({ bbox_2d: [0, 0, 4, 4], image: '__proto__' })], [], [[null]]],
  ['shares of a picture and not pixels', [zoomTurn({ bbox_2d: [0, 0, 0.5, 1] })], [], [[null]]],
  ['corners in no order', [zoomTurn({ bbox_2d: [4, 4, 2, 2] })], [], [[null]]],
  ['a call that was refused', [zoomTurn({ bbox_2d: [0, 0, 4, 4] }, true)], [], [null]],
  ['a call without a box', [zoomTurn({ query: 'x' }), zoomTurn('{"bbox_2d": [')], [], [null, null]],
])('regions of a call: %s', (_, turns, facts, boxes) => {
  expect(boxesOf(turns, ...facts)).toEqual(boxes)
})
