import { expect, test } from 'vitest'
import { Trajectory } from '../../schemas/trajectory.ts'
import { validator } from '../../schemas/validate.ts'
import { image, trajectory } from '../fixtures.ts'

const check = validator(Trajectory)

/** A trajectory with one value, at a dotted path, that is another. */
function changed(path: string, value: unknown): unknown {
  const whole = structuredClone(trajectory()) as unknown as Record<string, unknown>
  const names = path.split('.')
  const last = names.pop() ?? ''
  const parent = names.reduce((at, name) => at[name] as Record<string, unknown>, whole)
  if (value === undefined) delete parent[last]
  else parent[last] = value
  return whole
}

test('a trajectory is valid, also after it was stored', () => {
  expect(check(JSON.parse(JSON.stringify(trajectory())))).toEqual({ ok: true, value: trajectory() })
})

const wrong: [path: string, value: unknown, field: string, says: RegExp][] = [
  ['schemaVersion', 2, 'schemaVersion', /must be equal to constant/],
  ['key', 'short', 'key', /must match pattern/],
  ['task.answer', undefined, 'task', /must have required property 'answer' \(answer\)/],
  ['task.answer', 8, 'task.answer', /must be string/],
  ['task.images.0.sha256', 'abc', 'task.images.0.sha256', /must match pattern/],
  ['task.images.0.mime', 'image/tiff', 'task.images.0.mime', /one of the allowed values/],
  ['task.images.0.width', 0, 'task.images.0.width', /must be >= 1/],
  ['task.choices', ['one'], 'task.choices', /fewer than 2 items/],
  ['task.answerType', 'essay', 'task.answerType', /one of the allowed values/],
  ['task.tolerance', 2, 'task.tolerance', /must be <= 1/],
  ['task.source.licence', '', 'task.source.licence', /fewer than 1 character/],
  ['task.extra', 1, 'task', /must NOT have additional properties \(extra\)/],
  ['sample', -1, 'sample', /must be >= 0/],
  ['turns.0.reply.stop', 'done', 'turns.0.reply.stop', /one of the allowed values/],
  ['turns.0.reply.usage.input', 1.5, 'turns.0.reply.usage.input', /must be integer/],
  ['turns.0.reply.calls.0.arguments', {}, 'turns.0.reply.calls.0.arguments', /must be string/],
  ['turns.0.observations.0.parts', 'text', 'turns.0.observations.0.parts', /must be array/],
  ['environment.libraries', { numpy: 1 }, 'environment.libraries.numpy', /must be string/],
  ['teacher.name', '', 'teacher.name', /fewer than 1 character/],
]

test.each(wrong)('%s may not be %j', (path, value, field, says) => {
  const result = check(changed(path, value))
  if (result.ok) throw new Error('it was taken')
  expect(result.field).toBe(field)
  expect(result.message).toMatch(says)
})

test.each([
  ['outcome', { kind: 'stopped', by: 'boredom' }],
  ['outcome', { kind: 'answered' }],
  ['question', [{ type: 'image', image: { ...image(), url: 'http://x' } }]],
  ['turns.0.observations.0.data', { kind: 'cell' }],
  ['turns.0.observations.0.mistake', { kind: 'typo', message: '' }],
])('%s may not be %j either', (path, value) => {
  expect(check(changed(path, value))).toMatchObject({
    ok: false,
    field: expect.stringContaining(path.split('.')[0] ?? ''),
  })
})

test.each([
  ['outcome', { kind: 'stopped', by: 'turns' }],
  ['outcome', { kind: 'failed', at: 'sandbox', message: 'gone' }],
  ['turns', []],
  ['turns.0.reply.raw', { any: ['thing', null] }],
  ['task.choices', ['a', 'b']],
  ['task.source.url', 'https://example.org'],
  // Of rollouts of others nobody may know it.
  ['task.answer', ''],
])('%s may be %j', (path, value) => {
  expect(check(changed(path, value))).toMatchObject({ ok: true })
})
