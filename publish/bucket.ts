import { parsedManifest } from '../output/lineage/held-manifest.ts'
import { eachConcurrent } from '../pipeline/concurrent.ts'
import { sha256 } from '../schemas/hash.ts'
import { InputError } from '../schemas/input-error.ts'
import { DamagedError } from '../store/errors.ts'
import { largestPut, type Sent } from '../store/remote/put-blob.ts'
import { RemoteError } from '../store/remote/remote-error.ts'
import { type BucketClient, bucketClient } from './bucket-client.ts'
import type { Bundle, BundleFile } from './bundle.ts'
import { bytesToSend, type Destination, type FileChange, type Push } from './destination.ts'
import type { Errand } from './errand.ts'
import { sending } from './sending.ts'

const form = /^s3:\/\/([a-z0-9][a-z0-9.-]+)(?:\/(.*?))?\/*$/

/** Files that are put at once. */
const atOnce = 4

/**
 * A prefix of a bucket. Each export has a folder of its own there, named by its number, where nothing is ever written
 * over: it is there as soon as its manifest is, which is put last. Throws InputError where the address names none.
 */
export function bucketDestination(written: string, errand: Errand): Destination {
  const [, bucket = '', prefix = ''] = form.exec(written) ?? []
  if (!bucket) throw new InputError([`${written}: it names no bucket; write s3://bucket/prefix`])
  const client = bucketClient(bucket, errand)
  return { shown: written, compare: bundle => compareAt({ client, prefix, bundle, errand }) }
}

interface Asked {
  client: BucketClient
  prefix: string
  bundle: Bundle
  errand: Errand
}

/** A copy has no number, and is known by its manifest. */
const folderOf = ({ number, sha256 }: Bundle): string => number ?? sha256.slice(0, 16)

const below = (...names: string[]) => names.filter(name => name !== '').join('/')

async function compareAt(asked: Asked): Promise<Push> {
  const { client, prefix, bundle } = asked
  const folder = below(prefix, folderOf(bundle))
  const at = client.show(folder)
  demandSizes(bundle)
  const [there, former] = [await stateAt(asked, folder), await formerFiles(asked)]
  const changes = bundle.files.map(({ path, bytes, sha256 }): FileChange => {
    if (there.has(path)) return { does: 'same', path, bytes }
    return { does: former.has(sha256) && path !== 'manifest.json' ? 'copied' : 'sent', path, bytes }
  })
  const needed = changes.some(({ does }) => does !== 'same')
  return { at, changes, needed, notes: [], carryOut: () => carriedOut(asked, { folder, former, changes }) }
}

function demandSizes({ files }: Bundle) {
  const large = files.find(({ bytes }) => bytes > largestPut)
  if (large)
    throw new InputError([
      `${large.path}: it has more than 5 GiB, and a bucket takes no more at once; split it`,
    ])
}

/** The files that are there already. Throws InputError where what is there is of another export. */
async function stateAt({ client, bundle, errand }: Asked, folder: string): Promise<ReadonlySet<string>> {
  const at = client.show(folder)
  const objects = await client.list(`${folder}/`)
  const manifest = below(folder, 'manifest.json')
  const isWhole = objects.has(manifest)
  if (isWhole && sha256(await client.read(manifest)) !== bundle.sha256)
    throw new InputError([`${at}: another export lies there under this number; push to another prefix`])
  const files = new Map(bundle.files.map(file => [below(folder, file.path), file]))
  const there = new Set<string>()
  async function look([key, bytes]: [string, number]) {
    const file = files.get(key)
    // Where the manifest is there, each file was looked at before that was put.
    if (file?.bytes !== bytes || !(isWhole || (await client.holds(key, file))))
      throw new InputError([
        `${client.show(key)}: it is not of this export; remove ${at}, or push to another prefix`,
      ])
    there.add(file.path)
  }
  await eachConcurrent(streamed(objects), atOnce, look, errand.signal)
  return there
}

/** Where the export before it has its files, by their sha256; none where it is not there, or is another one. */
async function formerFiles({ client, prefix, bundle }: Asked): Promise<ReadonlyMap<string, string>> {
  const { before } = bundle.manifest
  if (!before || bundle.number === null) return new Map()
  const folder = below(prefix, before.export)
  const manifest = below(folder, 'manifest.json')
  const bytes = (await client.list(manifest)).has(manifest) ? await client.read(manifest) : null
  if (bytes === null || sha256(bytes) !== before.manifest) return new Map()
  const { files } = parsedManifest(client.show(manifest), bytes)
  return new Map(files.map(({ path, sha256 }) => [sha256, below(folder, path)]))
}

interface Work {
  folder: string
  former: ReadonlyMap<string, string>
  changes: readonly FileChange[]
}

async function carriedOut({ client, bundle, errand }: Asked, work: Work): Promise<string> {
  const { folder, changes } = work
  const at = client.show(folder)
  const tell = sending(at, bytesToSend(changes), errand)
  const missing = new Set(changes.filter(({ does }) => does !== 'same').map(({ path }) => path))
  const files = bundle.files.filter(({ path }) => missing.has(path))
  const put = (file: BundleFile) => putFile(client, file, work, tell)
  const [others, manifest] = [files.filter(isNoManifest), files.filter(file => !isNoManifest(file))]
  const [first, ...rest] = others.toSorted((one, other) => one.bytes - other.bytes)
  if (first) {
    await put(first)
    await demandCondition(client, first, work)
  }
  await eachConcurrent(streamed(rest), atOnce, put, errand.signal)
  for (const file of manifest) await put(file)
  return at
}

const isNoManifest = ({ path }: BundleFile): boolean => path !== 'manifest.json'

async function* streamed<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items
}

/** Puts a file where nothing is. The same may have come there meanwhile: from others, or by a try that broke off. */
async function putFile(client: BucketClient, file: BundleFile, work: Work, tell: Sent) {
  const key = below(work.folder, file.path)
  const isPut = await putIfAbsent(client, file, work, tell)
  if (!isPut && !(await client.holds(key, file)))
    throw new DamagedError(`${client.show(key)}: another file lies there now; push to another prefix`)
}

/** False where something is there. */
function putIfAbsent(client: BucketClient, file: BundleFile, { folder, former }: Work, tell: Sent) {
  const key = below(folder, file.path)
  const from = isNoManifest(file) ? former.get(file.sha256) : undefined
  return from === undefined ? client.put(key, file, tell) : client.copy(from, key)
}

/**
 * Puts a small file once more, as some servers know no `If-None-Match` and write over what lies there. Throws
 * RemoteError where this one does.
 */
async function demandCondition(client: BucketClient, file: BundleFile, work: Work) {
  if (!(await putIfAbsent(client, file, work, () => {}))) return
  const at = client.show(below(work.folder, file.path))
  throw new RemoteError(
    `${at}: the server writes over what lies there although it was asked not to (If-None-Match: *); push to one that knows this`,
    'closed',
  )
}
