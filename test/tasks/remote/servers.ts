import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { createInterface } from 'node:readline'
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import send from 'send'
import { temporaryFolder } from '../../fixtures.ts'
import { interpreter } from '../../readers.ts'
import { freePort } from '../../servers/free-port.ts'
import { listening } from '../../servers/loopback.ts'

/** The files of a folder over HTTP, with ranges and ETags. `heard` are the requests. */
export async function fileServer(root: string) {
  const heard: { url: string; range: string | undefined }[] = []
  const server = await listening((request, response) => {
    heard.push({ url: request.url ?? '', range: request.headers.range })
    send(request, new URL(request.url ?? '', 'http://here').pathname, { root }).pipe(response)
  })
  return { ...server, heard }
}

/** The same by Python's own server, which knows neither ranges nor ETags. */
export async function plainServer(root: string) {
  const python = spawn(
    'python3',
    ['-u', '-m', 'http.server', '0', '--bind', '127.0.0.1', '--directory', root],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  return running(python, 'stdout', /port (\d+)/)
}

interface BucketsOf {
  /** What Python is called with. */
  args(port: number, folder: string): string[]
  ready: RegExp
}

/** Servers of buckets by others who have read of S3: each leaves out something else. */
const bucketServers = {
  moto: {
    args: port => ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    ready: /Running on http:\/\/127\.0\.0\.1:(\d+)/,
  },
  /** It keeps bytes, and no words beside them. */
  localbucket: {
    args: (port, folder) => ['-m', 'localbucket', folder, '--port', String(port)],
    ready: /serving .* on http:\/\/127\.0\.0\.1:(\d+)/,
  },
  /** It knows no conditions. */
  nanio: {
    args: (port, folder) => [
      '-m',
      'nanio.cli',
      'serve',
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--data-dir',
      folder,
    ],
    ready: /Uvicorn running on http:\/\/127\.0\.0\.1:(\d+)/,
  },
} satisfies Record<string, BucketsOf>

/** Buckets as one of these has them, and a client to fill one, whose name is `bucket`. */
export async function bucketServer(by: keyof typeof bucketServers = 'moto') {
  const { args, ready }: BucketsOf = bucketServers[by]
  const folder = await temporaryFolder()
  const env = { ...process.env, NANIO_ACCESS_KEY: 'key', NANIO_SECRET_KEY: 'secret' }
  const python = spawn(await interpreter('buckets'), args(await freePort(), folder.path), {
    stdio: ['ignore', 'ignore', 'pipe'],
    env,
  })
  const server = await running(python, 'stderr', ready)
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }
  const client = new S3Client({
    endpoint: server.origin,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials,
  })
  await client.send(new CreateBucketCommand({ Bucket: 'bucket' }))
  return {
    origin: server.origin,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
    remove: (path: string) => client.send(new DeleteObjectCommand({ Bucket: 'bucket', Key: path })),
    /** Everybody may read what is `open`. */
    put: (path: string, bytes: string | Uint8Array, open = false) =>
      client.send(
        new PutObjectCommand({
          Bucket: 'bucket',
          Key: path,
          Body: bytes,
          ContentType: typeOf(path),
          ...(open && { ACL: 'public-read' }),
        }),
      ),
  }
}

/** As who uploads says it: a page of no kind is saved, not shown. */
const typeOf = (path: string): string =>
  new Map([
    ['.html', 'text/html'],
    ['.js', 'text/javascript'],
    ['.css', 'text/css'],
    ['.json', 'application/json'],
  ]).get(extname(path)) ?? 'application/octet-stream'

async function running(child: ChildProcess, stream: 'stdout' | 'stderr', ready: RegExp) {
  const output = child[stream]
  if (!output) throw new Error('it has no output')
  for await (const line of createInterface({ input: output })) {
    const [, port] = ready.exec(line) ?? []
    if (port === undefined) continue
    output.resume()
    return { origin: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => ended(child) }
  }
  throw new Error('it ended before it was ready')
}

async function ended(child: ChildProcess) {
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}
