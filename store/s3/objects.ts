import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Bucket, BucketAsked } from '../remote/bucket.ts'
import { unlessThere } from '../remote/bucket.ts'
import { type HashedBlob, putBlobIfAbsent } from '../remote/put-blob.ts'

/** An object, and how old the server says that it is, in milliseconds: no clock of ours is asked. */
export interface AgedObject {
  bytes: Uint8Array
  age: number
}

/** The objects of one run: keys begin below its prefix. All of it rejects with RemoteError. */
export type Objects = ReturnType<typeof openObjects>

export function openObjects({ ask: asked, show: shown }: Bucket, prefix: string) {
  const show = (key: string) => shown(`${prefix}${key}`)
  const ask = <T>(key: string, work: (asked: BucketAsked, key: string) => Promise<T>) =>
    asked(`${prefix}${key}`, each => work(each, `${prefix}${key}`))
  return {
    show,
    /** Undefined where there is none. */
    read: (key: string) => ask(key, readObject),
    /** Puts it where nothing is; false where something is. */
    putNew: (key: string, bytes: Uint8Array) =>
      ask(key, (each, Key) => unlessThere(putObject(each, { Key, Body: bytes, IfNoneMatch: '*' }))),
    /** The same with a file. */
    putFile: (key: string, file: HashedBlob) => ask(key, (each, Key) => putBlobIfAbsent(each, Key, file)),
    /** Writes it into a file, and gives what that hashes to; undefined where there is none. */
    readInto: (key: string, path: string) => ask(key, (each, Key) => readInto(each, Key, path)),
    /** Puts it whatever is there. */
    put: (key: string, bytes: Uint8Array) => ask(key, (each, Key) => putObject(each, { Key, Body: bytes })),
    /** What the keys go on with up to the next slash, each once. */
    async folders(): Promise<string[]> {
      const found: string[] = []
      for (let token: string | undefined = ''; token !== undefined; ) {
        const after: string = token
        const page = await ask('', (each, key) => listFolders(each, key, after))
        found.push(...page.found.map(each => each.slice(prefix.length, -1)))
        token = page.next
      }
      return found
    },
    /** The keys below a folder after one of them, in order, a page of at most 1,000 at a time. */
    async *keys(folder: string, after = ''): AsyncGenerator<string> {
      for (let last: string | undefined = after; last !== undefined; ) {
        const page = await ask(folder, (each, key) => listObjects(each, key, `${prefix}${last}`))
        for (const key of page.keys) yield key.slice(prefix.length)
        last = page.more ? page.keys.at(-1)?.slice(prefix.length) : undefined
      }
    },
  }
}

async function readObject(
  { client, Bucket, abortSignal }: BucketAsked,
  Key: string,
): Promise<AgedObject | undefined> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3')
  const command = new GetObjectCommand({ Bucket, Key })
  let now = Number.NaN
  command.middlewareStack.add(
    next => async asked => {
      const answered = await next(asked)
      now = Date.parse(dateOf(answered.response))
      return answered
    },
    { step: 'deserialize', priority: 'low' },
  )
  return ifThere(async () => {
    const { Body, LastModified } = await client.send(command, { abortSignal })
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array()
    const age = now - (LastModified?.getTime() ?? now)
    return { bytes, age: Number.isNaN(age) ? 0 : Math.max(0, age) }
  })
}

async function ifThere<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined
    throw error
  }
}

async function readInto({ client, Bucket, abortSignal }: BucketAsked, Key: string, path: string) {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3')
  return ifThere(async () => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal })
    const hash = createHash('sha256')
    const seen = async function* (pieces: AsyncIterable<Uint8Array>) {
      for await (const piece of pieces) {
        hash.update(piece)
        yield piece
      }
    }
    await pipeline(
      Body instanceof Readable ? Body : Readable.from([]),
      seen,
      createWriteStream(path, { flush: true }),
    )
    return hash.digest('hex')
  })
}

function dateOf(response: unknown): string {
  const headers: unknown = Reflect.get(Object(response), 'headers')
  return String(Reflect.get(Object(headers), 'date') ?? '')
}

interface Put {
  Key: string
  Body: Uint8Array
  IfNoneMatch?: '*'
}

async function putObject({ client, Bucket, abortSignal }: BucketAsked, put: Put): Promise<void> {
  const { PutObjectCommand } = await import('@aws-sdk/client-s3')
  await client.send(new PutObjectCommand({ Bucket, ...put }), { abortSignal })
}

async function listObjects({ client, Bucket, abortSignal }: BucketAsked, Prefix: string, StartAfter: string) {
  const { ListObjectsV2Command } = await import('@aws-sdk/client-s3')
  const asked = new ListObjectsV2Command({ Bucket, Prefix, StartAfter })
  const { Contents = [], IsTruncated = false } = await client.send(asked, { abortSignal })
  return { keys: Contents.map(({ Key = '' }) => Key), more: IsTruncated }
}

async function listFolders({ client, Bucket, abortSignal }: BucketAsked, Prefix: string, token: string) {
  const { ListObjectsV2Command } = await import('@aws-sdk/client-s3')
  const asked = new ListObjectsV2Command({
    ...{ Bucket, Prefix, Delimiter: '/' },
    ...(token !== '' && { ContinuationToken: token }),
  })
  const { CommonPrefixes = [], NextContinuationToken } = await client.send(asked, { abortSignal })
  return { found: CommonPrefixes.map(({ Prefix: each = '' }) => each), next: NextContinuationToken }
}
