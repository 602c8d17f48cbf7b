import { STATUS_CODES } from 'node:http'
import { dirname } from 'node:path/posix'
import type { GetObjectCommandOutput, S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import { InputError } from '../../schemas/input-error.ts'
import { screenLine } from '../../schemas/screen-line.ts'
import { fixedFolder, isGlob } from './glob.ts'
import type { Place, RemoteBytes, RemoteFile } from './place.ts'
import { RemoteError, refusalOf, unreachable } from './remote-error.ts'
import { bodyOf, rangeHeader } from './web.ts'

const form = /^s3:\/\/([a-z0-9][a-z0-9.-]+)\/(.+)$/

/** Files of a bucket, with the credentials, the region and the endpoint that AWS's own tools would take. */
export function bucket(written: string): Place {
  const [, name = '', pattern = ''] = form.exec(written) ?? []
  if (!name)
    throw new InputError([`${written}: it names no file of a bucket; write s3://bucket/path/*.parquet`])
  const key =
    'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, to somebody who may list and read it'
  const show = (path: string) => `s3://${name}/${path}`

  let client: Promise<S3Client> | undefined

  async function told<T>(
    shown: string,
    signal: AbortSignal,
    ask: (client: S3Client) => Promise<T>,
  ): Promise<T> {
    try {
      client ??= makeClient()
      return await ask(await client)
    } catch (error) {
      signal.throwIfAborted()
      throw faultOfAws(error, shown, key)
    }
  }

  return {
    shown: written,
    pattern,
    fixed: false,
    key,
    show,
    imagesOf: table => dirname(table),
    async list(signal) {
      const look = isGlob(pattern) ? listed : headed
      return {
        commit: null,
        files: await told(written, signal, client => look(client, { Bucket: name, pattern }, signal)),
      }
    },
    open: ({ path, version }, range, signal) =>
      told(show(path), signal, async client => {
        const { GetObjectCommand } = await import('@aws-sdk/client-s3')
        const { range: Range } = rangeHeader(range)
        const which = { Bucket: name, Key: path, ...(version && { VersionId: version }) }
        const got = await client.send(new GetObjectCommand({ ...which, ...(Range && { Range }) }), {
          abortSignal: signal,
        })
        return bytesIn(got, show(path), signal)
      }),
  }
}

interface Where {
  Bucket: string
  pattern: string
}

async function listed(
  client: S3Client,
  { Bucket, pattern }: Where,
  abortSignal: AbortSignal,
): Promise<RemoteFile[]> {
  const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3')
  const { folder, deep } = fixedFolder(pattern)
  const asked = { Bucket, Prefix: folder && `${folder}/`, ...(!deep && { Delimiter: '/' }) }
  const files: RemoteFile[] = []
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, asked, { abortSignal }))
    for (const { Key = '', Size = null, ETag } of Contents)
      files.push({ path: Key, size: Size, mark: markOf(ETag) })
  return files
}

/** One file that is named needs nobody who may list. */
async function headed(
  client: S3Client,
  { Bucket, pattern }: Where,
  abortSignal: AbortSignal,
): Promise<RemoteFile[]> {
  const { HeadObjectCommand } = await import('@aws-sdk/client-s3')
  const head = await client.send(new HeadObjectCommand({ Bucket, Key: pattern }), { abortSignal })
  const { ContentLength = null, ETag, VersionId } = head
  return [{ path: pattern, size: ContentLength, mark: markOf(ETag), version: VersionId }]
}

const markOf = (etag: string | undefined) => (etag ? `etag:${etag}` : '')

function bytesIn(got: GetObjectCommandOutput, shown: string, signal: AbortSignal): RemoteBytes {
  const [, start = 0, whole] = /^bytes (\d+)-\d*\/(\d+)/.exec(got.ContentRange ?? '') ?? []
  const body = bodyOf((got.Body as AsyncIterable<Uint8Array> | undefined) ?? null, shown, signal)
  const size = whole === undefined ? (got.ContentLength ?? null) : Number(whole)
  return { start: Number(start), size, mark: markOf(got.ETag), version: got.VersionId, body }
}

/** Milliseconds until a connection stands, and in which the other side says nothing. */
const patience = { connectionTimeout: 15_000, socketTimeout: 60_000, requestTimeout: 60_000 }

async function makeClient(): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3')
  const endpoint = process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL
  const options: S3ClientConfig = {
    // Whoever asks tries again by itself, and says so.
    maxAttempts: 1,
    requestHandler: patience,
    followRegionRedirects: true,
    // Servers that are not Amazon's seldom have a name for each bucket.
    ...(endpoint && { forcePathStyle: true }),
  }
  const plain = new S3Client(options)
  const region = await plain.config.region().catch(() => 'us-east-1')
  return new S3Client({ ...options, region, ...((await isSomebody(plain)) ? {} : nobody) })
}

/** Whether there are credentials. A profile that is named and gives none is a mistake. */
async function isSomebody({ config }: S3Client): Promise<boolean> {
  try {
    await config.credentials()
    return true
  } catch (error) {
    if (process.env.AWS_PROFILE || !(error instanceof Error && error.name === 'CredentialsProviderError'))
      throw error
    return false
  }
}

/** Buckets that are open to everybody take requests that nobody signs. */
const nobody: S3ClientConfig = {
  credentials: { accessKeyId: '', secretAccessKey: '' },
  signer: { sign: async request => request },
}

function faultOfAws(error: unknown, shown: string, key: string): RemoteError {
  if (!(error instanceof Error) || error instanceof RemoteError) return unreachable(shown, error)
  const { status, said, headers } = saidBy(error)
  if (error.name === 'CredentialsProviderError')
    return new RemoteError(`${shown}: there are no credentials (${screenLine(said)}); ${key}`, 'closed')
  return status === undefined ? unreachable(shown, error) : refusalOf({ status, said, headers }, shown, key)
}

/** An answer to HEAD has no words, and then the client makes some that say nothing. */
function saidBy(
  error: Error & { $metadata?: { httpStatusCode?: number }; $response?: { headers?: object } },
) {
  const status = error.$metadata?.httpStatusCode
  const said = /unknown/i.test(error.name + error.message) ? (STATUS_CODES[status ?? 0] ?? '') : error.message
  const headers = new Headers(Object.entries(error.$response?.headers ?? {}))
  return { status, said: said || error.name, headers }
}
