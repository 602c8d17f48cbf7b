import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { type BucketAsked, unlessThere } from './bucket.ts'

/** Hears of bytes that go; of those that are to go again with a minus. */
export type Sent = (bytes: number) => void

/** Bytes of a file, and what they hash to. */
export interface HashedBlob {
  bytes: number
  sha256: string
  blob: Blob
}

/** Bytes that one request may put (https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html). */
export const largestPut = 5 * 2 ** 30

/** Puts a file where nothing is; false where something is. What comes otherwise than its sha256 says is refused. */
export async function putBlobIfAbsent(
  { client, Bucket, abortSignal }: BucketAsked,
  Key: string,
  { bytes, sha256, blob }: HashedBlob,
  tell: Sent = () => {},
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

const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64')

/** The same bytes, which tell of themselves as they are read. */
export function countedBlob(blob: Blob, tell: Sent): Blob {
  const stream = () =>
    blob.stream().pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(piece, to) {
          tell(piece.length)
          to.enqueue(piece)
        },
      }),
    )
  return Object.assign(blob.slice(), { stream })
}

/** Whether a file could not be read because it is another one by now, however deep that lies in an error. */
export function isUnreadable(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause)
    if (each.name === 'NotReadableError') return true
  return false
}
