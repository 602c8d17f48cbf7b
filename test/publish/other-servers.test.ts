import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { bucketDestination } from '../../publish/bucket.ts'
import { openBundle } from '../../publish/bundle.ts'
import { type Numbered, numberedExports } from '../output/lineage/numbered.ts'
import { bucketServer } from '../tasks/remote/servers.ts'
import { errand, happening } from './errand.ts'

let exports: Numbered
beforeAll(async () => {
  exports = await numberedExports()
})
afterAll(() => exports[Symbol.asyncDispose]())
beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  vi.stubEnv('AWS_REGION', 'us-east-1')
})
afterEach(() => vi.unstubAllEnvs())

async function compared(number: string) {
  const bundle = await openBundle(exports.at(number))
  return bucketDestination('s3://bucket/sets', errand().errand).compare(bundle)
}

test('where a server keeps no words beside an object, its bytes are held against the file', async () => {
  await using buckets = await bucketServer('localbucket')
  vi.stubEnv('AWS_ENDPOINT_URL', buckets.origin)
  expect(await (await compared('0001')).carryOut()).toBe('s3://bucket/sets/0001')
  expect((await compared('0001')).needed).toBe(false)

  const next = await compared('0002')
  expect(happening(next).copied).toContain('rejected/data/rejected-00000-of-00001.parquet')
  await next.carryOut()
  await buckets.remove('sets/0002/manifest.json')
  expect(happening(await compared('0002')).sent).toEqual(['manifest.json'])

  const { changes } = await compared('0002')
  const [{ path = '', bytes = 0 } = {}] = changes.filter(({ does }) => does === 'same')
  await buckets.put(`sets/0002/${path}`, 'x'.repeat(bytes))
  await expect(compared('0002')).rejects.toThrow(`${path}: it is not of this export; remove`)
})

test('a server that writes over what lies there is given no export', async () => {
  await using buckets = await bucketServer('nanio')
  vi.stubEnv('AWS_ENDPOINT_URL', buckets.origin)
  const push = await compared('0001')
  await expect(push.carryOut()).rejects.toThrow(
    /^s3:\/\/bucket\/sets\/0001\/\S+: the server writes over what lies there .* push to one that knows this$/,
  )
  const again = await compared('0001')
  expect(happening(again).sent).toContain('manifest.json')
  await expect(again.carryOut()).rejects.toThrow('writes over what lies there')
})
