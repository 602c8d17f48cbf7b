import Type from 'typebox'
import { expect, test, vi } from 'vitest'
import { lazyValidator, validator } from '../../schemas/validate.ts'

/** A schema that others wrote. */
const check = (schema: object) => validator(Type.Unsafe<unknown>(schema))

test('a fault is said with its field', () => {
  const see = validator(Type.Object({ a: Type.Array(Type.Number()) }, { additionalProperties: false }))
  expect(see({ a: [1] })).toEqual({ ok: true, value: { a: [1] } })
  expect(see({ a: [1, 'x'] })).toEqual({ ok: false, field: 'a.1', message: 'must be number' })
  expect(see({ a: [], b: 1 })).toMatchObject({ message: 'must NOT have additional properties (b)' })
})

test.each([
  ['draft-07', 'http://json-schema.org/draft-07/schema#', 'items'],
  ['2019-09', 'https://json-schema.org/draft/2019-09/schema', 'items'],
  ['2020-12', 'https://json-schema.org/draft/2020-12/schema', 'prefixItems'],
])('lists of %s are understood', (_, $schema, items) => {
  const see = check({ $schema, [items]: [{ type: 'number' }, { type: 'string' }] })
  expect([see([1, 'a']).ok, see([1, 2]).ok]).toEqual([true, false])
})

test('references within, formats, and formats that nobody knows are understood, in silence', () => {
  const warn = vi.spyOn(console, 'warn')
  const see = check({
    $defs: { a: { format: 'date' } },
    properties: { a: { $ref: '#/$defs/a' }, b: { format: 'mine' } },
  })
  expect([see({ a: '2026-01-31', b: 'x' }).ok, see({ a: 'soon' }).ok]).toEqual([true, false])
  expect(warn).not.toHaveBeenCalled()
})

test('two schemas may have one name', () => {
  const [one, other] = [check({ $id: 'a', type: 'number' }), check({ $id: 'a', type: 'string' })]
  expect([one(1).ok, other(1).ok]).toEqual([true, false])
})

test.each([
  [
    'an unknown dialect',
    { $schema: 'http://json-schema.org/draft-04/schema#' },
    /dialect .*draft-04.* is not known/,
  ],
  ['a reference to elsewhere', { $ref: 'https://example.com/a' }, /can't resolve reference/],
  ['an unknown type', { type: 'nonsense' }, /schema is invalid/],
])('%s does not compile', (_, schema, says) => {
  expect(() => check(schema)).toThrow(says)
})

test('a schema that nothing is held against is not compiled, and one that something is says the same', () => {
  const unknown = Type.Unsafe<number>({ $schema: 'https://example.org/none' })
  const see = lazyValidator(unknown)
  expect(() => see(1)).toThrow('its dialect https://example.org/none is not known')
  const digit = Type.Integer({ maximum: 9 })
  for (const value of [7, 10, 'x']) expect(lazyValidator(digit)(value)).toEqual(validator(digit)(value))
})
