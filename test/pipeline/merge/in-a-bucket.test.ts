import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { duplicates } from '../../../filters/duplicates.ts'
import { passed } from '../../../filters/passed.ts'
import { s3Kind } from '../../../store/s3.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { bucketServer } from '../../tasks/remote/servers.ts'
import { configOf, merge, runPart, runWhole, written } from './dividing.ts'

test('parts that are kept in a bucket, each on a machine of its own, are merged on another one to the bytes of one process', async () => {
  await using buckets = await bucketServer()
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  vi.stubEnv('AWS_REGION', 'us-east-1')
  await using here = await temporaryFolder()
  const filters = [passed(), duplicates({ by: 'image' })]
  const whole = configOf(join(here.path, 'one'), 4, { filters })
  await runWhole(whole)
  const place = { bucket: 'bucket', prefix: randomUUID(), endpoint: buckets.origin }
  const on = (machine: string) =>
    configOf(join(here.path, machine), 4, { filters, store: s3Kind(place, { wait: async () => {} }) })
  for (const index of [1, 2]) await runPart(on(`machine ${index}`), { index, of: 2 })
  await merge(on('another machine'))
  expect(await written(on('another machine'))).toEqual(await written(whole))
  vi.unstubAllEnvs()
})
