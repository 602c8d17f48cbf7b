import { expect, test } from 'vitest'
import { destinationOf } from '../../publish/destination-of.ts'
import type { HubWay } from '../../publish/hub.ts'
import { errand } from './errand.ts'

test.each<[written: string, way: HubWay, line: RegExp]>([
  [
    'gs://a/b',
    { pr: false, public: false },
    /^gs:\/\/a\/b: exports are pushed to hf:\/\/owner\/name and to s3:/,
  ],
  ['own/charts', { pr: false, public: false }, /exports are pushed to hf:/],
  ['s3://bucket/a', { pr: true, public: false }, /--pr, --public and --traces are for the Hub/],
  ['s3://bucket/a', { pr: false, public: true }, /--pr, --public and --traces are for the Hub/],
  ['s3://bucket/a', { pr: false, public: false, traces: true }, /--traces are for the Hub/],
])('%s with %j is no destination', (written, way, line) => {
  expect(() => destinationOf(written, way, errand().errand)).toThrow(line)
})

test('a bucket is one', () => {
  const way = { pr: false, public: false }
  expect(destinationOf('s3://bucket/a', way, errand().errand).shown).toBe('s3://bucket/a')
})
