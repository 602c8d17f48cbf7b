import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressOf, fragmentOf, nowhere, type PageAddress } from '../../../view/page/address.ts'

const text = fc.string({ unit: 'grapheme' })
const own = ['key', 'beside', 'text', 'within', 'sort', 'pane']
const name = fc.constantFrom('reason', 'stage', 'licence', 'constructor', '__proto__', 'a b')
const addresses: fc.Arbitrary<PageAddress> = fc.record({
  key: fc.oneof(fc.constant(null), fc.string({ minLength: 1 })),
  beside: fc.oneof(fc.constant(null), fc.string({ minLength: 1 })),
  chosen: fc
    .array(fc.tuple(name, fc.array(text, { minLength: 1, maxLength: 3 })), { maxLength: 4 })
    .map(entries => Object.fromEntries(entries)),
  text,
  within: fc.constantFrom('', 'messages'),
  sort: text,
  pane: text,
})

test('an address says everything that is shown, whatever it holds', () => {
  fc.assert(
    fc.property(addresses, address => {
      expect(addressOf(`#${fragmentOf(address)}`)).toEqual(address)
    }),
  )
})

test.each(['', '#', '#&', '#=', ...own.map(each => `#${each}=`)])('%s shows the list as it is', fragment => {
  expect(addressOf(fragment)).toMatchObject({ ...nowhere, chosen: expect.anything() })
})
