import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parsedManifest } from '../output/lineage/held-manifest.ts'
import { sha256 } from '../schemas/hash.ts'
import { InputError } from '../schemas/input-error.ts'
import { RemoteError } from '../store/remote/remote-error.ts'
import type { ByteRange, RemoteBytes } from '../tasks/remote/place.ts'
import { remotePlace } from '../tasks/remote/places.ts'
import type { Routes } from '../tasks/remote/reach.ts'
import type { Desk } from './desk.ts'

/** An export that lies elsewhere: its parts are handed on as they are asked for, and nothing is kept. */
export interface RemoteDesk extends Desk {
  /** Bytes of one of its files. Rejects with RemoteError. */
  bytesOf(path: string, range: ByteRange, signal: AbortSignal): Promise<RemoteBytes>
}

/** Tables, and the views that they point into. */
const read = new Set(['tables', 'hf', 'rejected'])
/** Bytes: no manifest has more. */
const most = 100_000_000

/**
 * The desk of an export at an address: `hf://datasets/…`, `s3://…` or `https://…`. Rejects with RemoteError where it is
 * not reached, and with InputError where no manifest names tables there.
 */
export async function openRemoteDesk(address: string, routes: Routes): Promise<RemoteDesk> {
  const base = address.replace(/\/+$/, '')
  const bytesOf: RemoteDesk['bytesOf'] = (path, range, signal) => {
    const place = remotePlace(`${base}/${path}`, routes)
    return place.open({ path: place.pattern }, range, signal)
  }
  const { shown } = remotePlace(`${base}/manifest.json`, routes)
  const bytes = await wholeOf(
    await bytesOf('manifest.json', { start: 0 }, new AbortController().signal),
    shown,
  )
  const manifest = parsedManifest(shown, bytes)
  const files = manifest.files
    .filter(({ path }) => path.endsWith('.parquet') && read.has(path.slice(0, path.indexOf('/'))))
    .map(({ path, bytes }) => ({ path, bytes }))
  if (!files.some(({ path }) => path === 'tables/rows.parquet'))
    throw new InputError([`${shown} names no tables/rows.parquet; an export that is made anew has one`])
  return { name: manifest.name, folder: base, manifest: sha256(bytes), files, bytesOf }
}

async function wholeOf({ body }: RemoteBytes, shown: string): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of body) {
    bytes += piece.length
    if (bytes > most) throw new InputError([`${shown} has more than ${most} bytes; it is none of ours`])
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** Answers with the part that is asked for, or with the whole file where its place sends no parts (RFC 9110, 14). */
export async function handOn(
  request: IncomingMessage,
  response: ServerResponse,
  { desk, path }: { desk: RemoteDesk; path: string },
): Promise<void> {
  const asked = rangeIn(request.headers.range)
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const size = desk.files.find(file => file.path === path)?.bytes ?? 0
  try {
    const { start, body } = await desk.bytesOf(path, asked ?? { start: 0 }, gone.signal)
    const isPart = asked !== undefined && start === asked.start
    const end = isPart ? Math.min(asked.end ?? size, size) : size
    response.writeHead(isPart ? 206 : 200, {
      'content-length': end - (isPart ? start : 0),
      'accept-ranges': 'bytes',
      ...(isPart && { 'content-range': `bytes ${start}-${end - 1}/${size}` }),
    })
    if (request.method === 'HEAD') return void response.end()
    await pipeline(Readable.from(body), response)
  } catch (error) {
    if (gone.signal.aborted || response.headersSent) return void response.destroy()
    if (!(error instanceof RemoteError)) throw error
    response.writeHead(502).end()
  }
}

/** One part; of several, as of none, the whole is sent. */
function rangeIn(header: string | undefined): ByteRange | undefined {
  const [, start, last] = /^bytes=(\d+)-(\d*)$/.exec(header ?? '') ?? []
  if (start === undefined) return undefined
  return { start: Number(start), ...(last ? { end: Number(last) + 1 } : {}) }
}
