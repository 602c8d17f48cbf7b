import { describe, expect, test } from 'vitest'
import { schema } from '../../checks/schema.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { noContext } from '../check-context.ts'
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

test.each<[string, object, object]>([
  ['a whole record', {}, { passed: true }],
  ['a negative sample', { sample: -1 }, { reason: 'invalid', detail: expect.stringContaining('sample') }],
  ['a field too many', { extra: 1 }, { reason: 'invalid', detail: expect.stringContaining('extra') }],
  [
    'a field missing',
    { system: undefined },
    { reason: 'invalid', detail: expect.stringContaining('system') },
  ],
  ['another schema version', { schemaVersion: 2 }, { reason: 'invalid' }],
  ['a key that is no hash', { key: 'abc' }, { reason: 'invalid' }],
  ['a task without a list of images', { task: { ...good.task, images: null } }, { reason: 'invalid' }],
  [
    'a call without its observation',
    turned({ observations: [] }),
    { reason: 'calls_unmatched', detail: 'turn 1: calls call_1; observations of none' },
  ],
  [
    'an observation of another call',
    turned({ observations: [seen('call_9')] }),
    { reason: 'calls_unmatched' },
  ],
  [
    'an observation too many',
    turned({ observations: [seen('call_1'), seen('call_1')] }),
    { reason: 'calls_unmatched' },
  ],
  [
    'two calls in order',
    turned({ reply: twoCalls, observations: [seen('call_1'), seen('call_2')] }),
    { passed: true },
  ],
  [
    'two calls in the wrong order',
    turned({ reply: twoCalls, observations: [seen('call_2'), seen('call_1')] }),
    { reason: 'calls_unmatched' },
  ],
  [
    'a question without its image',
    { question: [{ type: 'text', text: 'How wide?' }] },
    { reason: 'question_image_missing', detail: 'image_1 is not in the question' },
  ],
  [
    'a question with another image',
    { question: [{ type: 'image', image: image('other') }] },
    { reason: 'question_image_missing' },
  ],
  [
    'the second image missing',
    { task: { ...good.task, images: [...good.task.images, image('b')] } },
    { reason: 'question_image_missing', detail: 'image_2 is not in the question' },
  ],
])('%s', async (_, changes, expected) => {
  const changed = JSON.parse(JSON.stringify({ ...good, ...changes })) as Trajectory
  expect(await schema().measure(changed, noContext)).toMatchObject(expected)
})
