import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { type BucketAsked, openBucket, unlessThere } from '../store/remote/bucket.ts'
import { isUnreadable, putBlobIfAbsent, type Sent } from '../store/remote/put-blob.ts'
import type { BundleFile } from './bundle.ts'
import type { Errand } from './errand.ts'

export type BucketClient = ReturnType<typeof bucketClient>

/** What a push asks of a bucket. All of it rejects with RemoteError. */
export function bucketClient(Bucket: string, errand: Errand) {
  const { show, ask } = openBucket(Bucket, { ...errand, isOwn: isUnreadable })
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
      ask(key, asked => putBlobIfAbsent(asked, key, file, tell)),
    /** The same with the bytes of an object that lies there; false where something is. */
    copy: (from: string, key: string) => ask(key, asked => copyIfAbsent(asked, from, key)),
  }
}

async function listed(
  { client, Bucket, abortSignal }: BucketAsked,
  Prefix: string,
): Promise<Map<string, number>> {
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

async function bytesOf({ client, Bucket, abortSignal }: BucketAsked, Key: string): Promise<Uint8Array> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3')
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal })
  return (await Body?.transformToByteArray()) ?? new Uint8Array()
}

/** By the sha256 that it was put with; a server that keeps no such word is asked for the bytes. */
async function isHeld(
  asked: BucketAsked,
  Key: string,
  { bytes, sha256 }: Pick<BundleFile, 'bytes' | 'sha256'>,
): Promise<boolean> {
  const { client, Bucket, abortSignal } = asked
  const { HeadObjectCommand } = await import('@aws-sdk/client-s3')
  const about = await client.send(new HeadObjectCommand({ Bucket, Key }), { abortSignal })
  if (about.ContentLength !== bytes) return false
  return (about.Metadata?.sha256 ?? (await hashedObject(asked, Key))) === sha256
}

async function hashedObject({ client, Bucket, abortSignal }: BucketAsked, Key: string): Promise<string> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3')
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal })
  const hash = createHash('sha256')
  if (Body instanceof Readable) for await (const piece of Body) hash.update(piece)
  return hash.digest('hex')
}

async function copyIfAbsent({ client, Bucket, abortSignal }: BucketAsked, from: string, Key: string) {
  const { CopyObjectCommand } = await import('@aws-sdk/client-s3')
  const CopySource = [Bucket, ...from.split('/')].map(encodeURIComponent).join('/')
  const asked = new CopyObjectCommand({ Bucket, Key, CopySource, IfNoneMatch: '*' })
  return unlessThere(client.send(asked, { abortSignal }))
}
