import { describe, expect, test } from 'vitest'
import { schema } from '../../checks/schema.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { noContext, told } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answerTurn, image, observation, pythonTurn, trajectory } from '../fixtures.ts'

const good = trajectory()
const turn = pythonTurn()
const turned = (changes: Partial<typeof turn>) => ({ turns: [{ ...turn, ...changes }, answerTurn('8')] })
const second = { id: 'call_2', name: 'python', arguments: '{}' }
const twoCalls = { ...turn.reply, calls: [...turn.reply.calls, second] }
const seen = (callId: string) => observation({ callId })

describe('schema', () => {
  checkConformance(async use =>
    use({ check: schema(), context: noContext, passing: good, failing: trajectory({ sample: -1 }) }),
  )
})

test.each<[string, object, string | RegExp]>([
  ['a whole record', {}, 'passed'],
  ['a negative sample', { sample: -1 }, /^invalid: .*sample/],
  ['a field too many', { extra: 1 }, /^invalid: .*extra/],
  ['a field missing', { system: undefined }, /^invalid: .*system/],
  ['another schema version', { schemaVersion: 2 }, 'invalid'],
  ['a key that is no hash', { key: 'abc' }, 'invalid'],
  ['a task without a list of images', { task: { ...good.task, images: null } }, 'invalid'],
  [
    'a call without its observation',
    turned({ observations: [] }),
    'calls_unmatched: turn 1: calls call_1; observations of none',
  ],
  ['an observation of another call', turned({ observations: [seen('call_9')] }), 'calls_unmatched'],
  ['an observation too many', turned({ observations: [seen('call_1'), seen('call_1')] }), 'calls_unmatched'],
  [
    'two calls in order',
    turned({ reply: twoCalls, observations: [seen('call_1'), seen('call_2')] }),
    'passed',
  ],
  [
    'two calls in the wrong order',
    turned({ reply: twoCalls, observations: [seen('call_2'), seen('call_1')] }),
    'calls_unmatched',
  ],
  [
    'a question without its image',
    { question: [{ type: 'text', text: 'How wide?' }] },
    'question_image_missing: image_1 is not in the question',
  ],
  [
    'a question with another image',
    { question: [{ type: 'image', image: image('other') }] },
    'question_image_missing',
  ],
  [
    'the second image missing',
    { task: { ...good.task, images: [...good.task.images, image('b')] } },
    'question_image_missing: image_2 is not in the question',
  ],
])('%s', async (_, changes, expected) => {
  const changed = JSON.parse(JSON.stringify({ ...good, ...changes })) as Trajectory
  expect(told(await schema().measure(changed, noContext))).toMatch(expected)
})
