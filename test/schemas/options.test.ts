import Type from 'typebox'
import { expect, test } from 'vitest'
import {
  called,
  closed,
  count,
  factory,
  filledText,
  isShipped,
  OptionsError,
  readOptions,
  share,
  thing,
} from '../../schemas/options.ts'

interface Lamp {
  name: string
  shine(): void
}
const Lamp = thing<Lamp>('a lamp', 'lamp()', { name: 'string', shine: 'function' })
const Bell = thing<{ name: string; ring(): void }>('a bell', 'bell()', { name: 'string', ring: 'function' })
const lamp: Lamp = { name: 'desk', shine() {} }
const bell = { name: 'door', ring() {} }

const Options = closed({
  name: filledText,
  size: Type.Optional(count),
  part: Type.Optional(share),
  kind: Type.Optional(Type.Enum(['round', 'flat'])),
  by: Type.Optional(
    Type.Union([Type.Enum(['age', 'size']), closed({ field: filledText }), closed({ fact: filledText })]),
  ),
  limits: Type.Optional(closed({ perMinute: Type.Optional(count) })),
  shares: Type.Optional(Type.Record(Type.String(), share)),
  lamps: Type.Optional(Type.Array(Lamp)),
  bell: Type.Optional(Bell),
  ring: Type.Optional(called<() => void>('a function that rings')),
})

const faults: [string, unknown, string][] = [
  ['a misspelt key', { name: 'a', szie: 1 }, '`szie` is no option; did you mean `size`?'],
  ['another case', { name: 'a', Kind: 'round' }, '`Kind` is no option; did you mean `kind`?'],
  [
    'a misspelt key further in',
    { name: 'a', limits: { perMinut: 1 } },
    '`limits.perMinut` is no option; did you mean `perMinute`?',
  ],
  [
    'a key like none',
    { name: 'a', limits: { zebra: 1 } },
    '`limits.zebra` is no option; the options are perMinute',
  ],
  ['nothing that is needed', {}, 'name is missing; give a text'],
  ['an empty text', { name: '' }, 'name is ""; give a text'],
  ['a number too small', { name: 'a', size: 0 }, 'size is 0; give a whole number from 1'],
  ['a number in words', { name: 'a', size: '3' }, 'size is "3"; give a whole number from 1'],
  ['no number', { name: 'a', part: Number.NaN }, 'part is NaN; give a share from 0 to 1'],
  ['null', { name: 'a', part: null }, 'part is null; give a share from 0 to 1'],
  ['another word', { name: 'a', kind: 'oval' }, 'kind is "oval"; give "round" or "flat"'],
  ['a fault in one of two forms', { name: 'a', by: { field: 3 } }, 'by.field is 3; give a text'],
  ['neither form', { name: 'a', by: 3 }, 'by is 3; give "age" or "size", or { field }, or { fact }'],
  ['a value of a record', { name: 'a', shares: { x: 2 } }, 'shares.x is 2; give a share from 0 to 1'],
  ['a Map for an object', { name: 'a', limits: new Map() }, 'limits is an empty object; give { perMinute }'],
  [
    'something that is none',
    { name: 'a', lamps: [lamp, {}] },
    'lamps[1] is an empty object; give a lamp such as lamp()',
  ],
  [
    'one for several',
    { name: 'a', lamps: lamp },
    'lamps is an object; give a list, each a lamp such as lamp()',
  ],
  [
    'a factory that was not called',
    { name: 'a', bell: function makeBell() {} },
    'bell is `makeBell`, which was not called; write `makeBell()`',
  ],
  [
    'what was not awaited',
    { name: 'a', bell: Promise.resolve(bell) },
    'bell is a promise; write `await` before it',
  ],
  ['a list among single ones', { name: 'a', lamps: [[lamp]] }, 'lamps[0] is a list; write `...` before it'],
  ['what belongs elsewhere', { name: 'a', lamps: [bell] }, 'lamps[0] is a bell (door); put it into `bell`'],
  ['no function', { name: 'a', ring: 'x' }, 'ring is "x"; give a function that rings'],
  ['no options at all', 5, 'the options are 5; give { name, size, part, … }'],
  [
    'a long value',
    { name: 'a', kind: 'x'.repeat(5000) },
    `kind is "${'x'.repeat(60)}…${'x'.repeat(30)}"; give "round" or "flat"`,
  ],
]

test.each(faults)('%s is refused in one line', (_, given, line) => {
  expect(() => readOptions('', Options, given)).toThrow(new OptionsError(line))
})

test('what is right is given back as it was given', () => {
  const given = { size: undefined, name: 'a', by: { fact: 'x' }, lamps: [lamp], bell, ring() {} }
  expect(readOptions('', Options, given)).toBe(given)
  expect(Object.keys(given)).toEqual(['size', 'name', 'by', 'lamps', 'bell', 'ring'])
})

test('a factory looks at its options first, and needs none where none is needed', () => {
  const sizes: (number | undefined)[] = []
  const make = factory(Lamp, 'lamp', closed({ size: Type.Optional(count) }), ({ size }) => {
    sizes.push(size)
    return lamp
  })
  expect(make()).toBe(lamp)
  expect(() => Reflect.apply(make, undefined, [{ siz: 1 }])).toThrow(
    'lamp: `siz` is no option; did you mean `size`?',
  )
  expect(() => Reflect.apply(make, undefined, [null])).toThrow('lamp: the options are null; give { size }')
  expect([sizes, make.name]).toEqual([[undefined], 'lamp'])
})

test('what a factory made is known as shipped, under another name too; what a user wrote is not', () => {
  const made = factory(Lamp, 'lamp', closed({}), () => ({ name: 'desk', shine() {} }))()
  expect(isShipped({ ...made, name: 'mine' }.shine)).toBe(true)
  expect(isShipped({ ...made, shine() {} }.shine)).toBe(false)
})
