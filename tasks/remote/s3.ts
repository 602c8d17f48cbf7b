import { dirname } from 'node:path/posix'
import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3'
import { InputError } from '../../schemas/input-error.ts'
import { faultOfAws, openS3 } from '../../store/remote/s3-client.ts'
import { fixedFolder, isGlob } from './glob.ts'
import type { Place, RemoteBytes, RemoteFile } from './place.ts'
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
      client ??= openS3(true)
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
