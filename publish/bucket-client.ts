import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { S3Client } from '@aws-sdk/client-s3'
import { persistently } from '../tasks/remote/persistently.ts'
import { again, RemoteError } from '../tasks/remote/remote-error.ts'
import { faultOfAws, openS3 } from '../tasks/remote/s3-client.ts'
import type { BundleFile } from './bundle.ts'
import type { Errand } from './errand.ts'
import { countedBlob, isUnreadable, type Sent } from './sending.ts'

export type BucketClient = ReturnType<typeof bucketClient>

const writing =
  'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, to somebody who may list, read and put there'

/** What a push asks of a bucket. All of it rejects with RemoteError. */
export function bucketClient(Bucket: string, errand: Errand) {
  const { signal: abortSignal } = errand
  const show = (key: string) => `s3://${Bucket}/${key}`
  let client: Promise<S3Client> | undefined

  /** Asks, anew where it fails for a reason that may pass. */
  const ask = <T>(key: string, work: (asked: Asked) => Promise<T>): Promise<T> =>
    persistently(errand, async () => {
      errand.check()
      client ??= openS3(false)
      try {
        return await work({ client: await client, Bucket, abortSignal })
      } catch (error) {
        abortSignal.throwIfAborted()
        throw isUnreadable(error) ? error : faultOf(error, show(key))
      }
    })

  return {
    show,
    /** How many bytes the objects have whose keys begin so. */
    list: (prefix: string) => ask(prefix, asked => listed(asked, prefix)),
    read: (key: string) => ask(key, asked => bytesOf(asked, key)),
    /** Whether an object with these bytes is there. */
    holds: (key: string, file: Pick<BundleFile, 'bytes' | 'sha256'>) =>
      ask(key, asked => isHeld(asked, key, file)),
    /** Puts a file where nothing is; false where something is. What comes otherwise than its sha256 says is refused. */
    put: (key: string, file: BundleFile, tell: Sent) =>
      ask(key, asked => putIfAbsent(asked, key, file, tell)),
    /** The same with the bytes of an object that lies there; false where something is. */
    copy: (from: string, key: string) => ask(key, asked => copyIfAbsent(asked, from, key)),
  }
}

interface Asked {
  client: S3Client
  Bucket: string
  abortSignal: AbortSignal
}

async function listed({ client, Bucket, abortSignal }: Asked, Prefix: string): Promise<Map<string, number>> {
  const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3')
  const objects = new Map<string, number>()
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client },
    { Bucket, Prefix },
    { abortSignal },
  ))
    for (const { Key = '', Size = 0 } of Contents) objects.set(Key, Size)
  return objects
}

async function bytesOf({ client, Bucket, abortSignal }: Asked, Key: string): Promise<Uint8Array> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3')
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal })
  return (await Body?.transformToByteArray()) ?? new Uint8Array()
}

/** By the sha256 that it was put with; a server that keeps no such word is asked for the bytes. */
async function isHeld(
  asked: Asked,
  Key: string,
  { bytes, sha256 }: Pick<BundleFile, 'bytes' | 'sha256'>,
): Promise<boolean> {
  const { client, Bucket, abortSignal } = asked
  const { HeadObjectCommand } = await import('@aws-sdk/client-s3')
  const about = await client.send(new HeadObjectCommand({ Bucket, Key }), { abortSignal })
  if (about.ContentLength !== bytes) return false
  return (about.Metadata?.sha256 ?? (await hashedObject(asked, Key))) === sha256
}

async function hashedObject({ client, Bucket, abortSignal }: Asked, Key: string): Promise<string> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3')
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal })
  const hash = createHash('sha256')
  if (Body instanceof Readable) for await (const piece of Body) hash.update(piece)
  return hash.digest('hex')
}

async function putIfAbsent(
  { client, Bucket, abortSignal }: Asked,
  Key: string,
  { bytes, sha256, blob }: BundleFile,
  tell: Sent,
): Promise<boolean> {
  const { PutObjectCommand } = await import('@aws-sdk/client-s3')
  let went = 0
  const counted = countedBlob(blob, count => {
    went += count
    tell(count)
  })
  const body = Readable.fromWeb(counted.stream() as ReadableStream)
  const about = { ContentLength: bytes, ChecksumSHA256: base64(sha256), Metadata: { sha256 } }
  const asked = new PutObjectCommand({ Bucket, Key, Body: body, IfNoneMatch: '*', ...about })
  // The client waits for a body that has failed.
  const cut = new AbortController()
  body.on('error', error => cut.abort(error))
  const sent = client.send(asked, { abortSignal: AbortSignal.any([abortSignal, cut.signal]) })
  return unlessThere(sent).catch(error => {
    tell(-went)
    throw cut.signal.reason ?? error
  })
}

async function copyIfAbsent({ client, Bucket, abortSignal }: Asked, from: string, Key: string) {
  const { CopyObjectCommand } = await import('@aws-sdk/client-s3')
  const CopySource = [Bucket, ...from.split('/')].map(encodeURIComponent).join('/')
  const asked = new CopyObjectCommand({ Bucket, Key, CopySource, IfNoneMatch: '*' })
  return unlessThere(client.send(asked, { abortSignal }))
}

const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64')

const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && '$metadata' in error
    ? (error.$metadata as { httpStatusCode?: number }).httpStatusCode
    : undefined

const unlessThere = (asked: Promise<unknown>): Promise<boolean> =>
  asked.then(
    () => true,
    error => {
      if (statusOf(error) === 412) return false
      throw error
    },
  )

/** Two that put at once may both be told to try again. */
function faultOf(error: unknown, shown: string): RemoteError {
  const fault = faultOfAws(error, shown, writing)
  return statusOf(error) === 409 ? new RemoteError(`${shown}: 409 Conflict; ${again}`, 'passing') : fault
}
