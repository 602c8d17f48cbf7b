import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, vi } from 'vitest'
import { s3Kind } from '../../store/s3.ts'
import { storeConformance } from '../conformance/store.ts'
import { temporaryFolder } from '../fixtures.ts'
import { bucketServer } from '../tasks/remote/servers.ts'

let buckets: Awaited<ReturnType<typeof bucketServer>>
beforeAll(async () => {
  buckets = await bucketServer()
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  vi.stubEnv('AWS_REGION', 'us-east-1')
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await buckets[Symbol.asyncDispose]()
})

const kindAt = (endpoint: string) => s3Kind({ bucket: 'bucket', prefix: randomUUID(), endpoint })

storeConformance(async work => {
  await using folder = await temporaryFolder()
  const kind = kindAt(buckets.origin)
  await work(() => kind.open(join(folder.path, 'run')))
})
