import type { S3Client } from '@aws-sdk/client-s3'
import { type Persistence, persistently } from './persistently.ts'
import { again, RemoteError } from './remote-error.ts'
import { faultOfAws, openS3, type S3Server } from './s3-client.ts'

/** What one request needs. */
export interface BucketAsked {
  client: S3Client
  Bucket: string
  abortSignal: AbortSignal
}

/** A bucket that somebody may write to. */
export interface Bucket {
  show(key: string): string
  /** Asks, anew where it fails for a reason that may pass. Rejects with RemoteError in one line that names the key. */
  ask<T>(key: string, work: (asked: BucketAsked) => Promise<T>): Promise<T>
}

const writing =
  'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, to somebody who may list, read and put there'

/** What is tried, and which errors are the caller's own and leave as they are. */
interface Means extends Persistence {
  isOwn?: (error: unknown) => boolean
  /** Throws when nothing more may be begun. */
  check?(): void
  server?: S3Server
}

/** Speaks to a bucket with the credentials that AWS's own tools would take. Nothing is asked before it is needed. */
export function openBucket(name: string, means: Means): Bucket {
  const { signal: abortSignal, isOwn = () => false, check = () => {}, server } = means
  const show = (key: string) => `s3://${name}/${key}`
  let client: Promise<S3Client> | undefined
  return {
    show,
    ask: (key, work) =>
      persistently(means, async () => {
        check()
        client ??= openS3(false, server)
        try {
          return await work({ client: await client, Bucket: name, abortSignal })
        } catch (error) {
          abortSignal.throwIfAborted()
          throw isOwn(error) ? error : faultOf(error, show(key))
        }
      }),
  }
}

/** What a server of buckets answered with, where an error is such an answer. */
export const statusOfAws = (error: unknown): number | undefined =>
  error instanceof Error && '$metadata' in error
    ? (error.$metadata as { httpStatusCode?: number }).httpStatusCode
    : undefined

/** Whether something was put where nothing was; false where something is. */
export const unlessThere = (asked: Promise<unknown>): Promise<boolean> =>
  asked.then(
    () => true,
    error => {
      if (statusOfAws(error) === 412) return false
      throw error
    },
  )

/** Two that put at once may both be told to try again. */
function faultOf(error: unknown, shown: string): RemoteError {
  const fault = faultOfAws(error, shown, writing)
  return statusOfAws(error) === 409 ? new RemoteError(`${shown}: 409 Conflict; ${again}`, 'passing') : fault
}
