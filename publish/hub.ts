import { createHash } from 'node:crypto'
import type { CommitOperation, ListFileEntry } from '@huggingface/hub'
import { signatureName } from '../output/run-about.ts'
import { InputError } from '../schemas/input-error.ts'
import { RemoteError } from '../store/remote/remote-error.ts'
import { hubEndpoint } from '../tasks/remote/hub.ts'
import { decodedPath } from '../tasks/remote/web-server.ts'
import type { Bundle, BundleFile } from './bundle.ts'
import { bytesToSend, type Destination, type FileChange, type Push } from './destination.ts'
import type { Errand } from './errand.ts'
import { type HubClient, hubClient } from './hub-client.ts'
import { faultOfHub, writing } from './hub-requests.ts'
import { sending } from './sending.ts'
import { isTrace } from './traces.ts'

/** How a dataset of the Hub is pushed to. */
export interface HubWay {
  /** Whether the change is proposed as a pull request. */
  pr: boolean
  /** Whether a dataset that is made may be seen by everybody. */
  public: boolean
  /** Whether traces go beside the export. */
  traces?: boolean
}

const form = /^hf:\/\/(?:datasets\/)?([\w.-]+\/[\w.-]+)(?:@([^/]+))?\/?$/

/**
 * A dataset of the Hub of Hugging Face, or of another one that HF_ENDPOINT names. A push is one commit, or one pull
 * request. Without a token it can be said what would go, but not what lies there. Throws InputError where the address
 * names none, and for what can be no token.
 */
export function hubDestination(written: string, way: HubWay, errand: Errand): Destination {
  const [, name = '', branch = 'main'] = form.exec(written) ?? []
  if (!name)
    throw new InputError([
      `${written}: it names no dataset; write hf://owner/name, or hf://owner/name@branch`,
    ])
  const token = process.env.HF_TOKEN?.trim() ?? ''
  if (token === '') return unseen(written, name, branch)
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new InputError([`${written}: there is no token in HF_TOKEN; ${writing}`])
  const repository = { endpoint: hubEndpoint(), token, shown: written, name }
  const target = { name, branch: decodedPath(branch), shown: written, way, errand }
  const asked = { ...target, client: hubClient(repository, errand), endpoint: repository.endpoint }
  const told = <T>(work: Promise<T>): Promise<T> =>
    work.catch(error => {
      throw faultOfHub(error, written)
    })
  async function compare(bundle: Bundle): Promise<Push> {
    const push = await told(compareAt(asked, bundle))
    return { ...push, carryOut: () => told(push.carryOut()) }
  }
  return { shown: written, compare }
}

/** A dataset that nobody may look at: all goes, as far as anybody knows, and nothing can be pushed. */
function unseen(shown: string, name: string, branch: string): Destination {
  const refused = new InputError([`${shown}: there is no HF_TOKEN; ${writing}`])
  const compare = async ({ files }: Bundle): Promise<Push> => ({
    at: `${hubEndpoint()}/datasets/${name}/tree/${branch}`,
    changes: files.map(({ path, bytes }) => ({ does: 'sent', path, bytes })),
    needed: true,
    notes: [
      'there is no HF_TOKEN, so nobody looked at what lies there: files that are there already do not go',
    ],
    carryOut: () => Promise.reject(refused),
  })
  return { shown, compare }
}

interface Asked {
  client: HubClient
  endpoint: string
  name: string
  branch: string
  shown: string
  way: HubWay
  errand: Errand
}

/** Where a push begins. `commit` is what it comes after: null where the dataset has to be made. */
interface Base {
  branch: string
  commit: string | null
  makesBranch: boolean
}

async function baseOf({ client, branch }: Asked): Promise<Base> {
  const head = await client.commitAt('HEAD')
  if (head === null || branch === 'main') return { branch, commit: head, makesBranch: branch !== 'main' }
  const tip = await client.commitAt(branch)
  return { branch, commit: tip ?? head, makesBranch: tip === null }
}

async function compareAt(asked: Asked, bundle: Bundle): Promise<Push> {
  const base = await baseOf(asked)
  const { way, client, shown } = asked
  if (base.commit === null && way.pr)
    throw new InputError([
      `${shown}: there is no such dataset to propose anything to; push without --pr first`,
    ])
  const push = await pushFrom(base, asked, bundle)
  const proposed = push.needed && way.pr ? await client.pullRequest(titleOf(bundle)) : null
  if (proposed === null) return push
  const commit = await client.commitAt(`refs/pr/${proposed}`)
  const from = { ...base, branch: `refs/pr/${proposed}`, commit, makesBranch: false }
  return pushFrom(from, { ...asked, way: { ...way, pr: false } }, bundle)
}

async function pushFrom(base: Base, asked: Asked, bundle: Bundle): Promise<Push> {
  const { commit, branch, makesBranch } = base
  const { client, name, way } = asked
  const state = commit === null ? nothing : await stateAt(client, commit)
  const changes = await changesFrom(state, bundle)
  return {
    at: addressOf(base, asked),
    changes,
    needed: commit === null || makesBranch || changes.some(({ does }) => does !== 'same'),
    notes: [
      ...(commit === null ? [`the dataset ${name} is made, ${way.public ? 'public' : 'private'}`] : []),
      ...(makesBranch ? [`the branch ${branch} is made`] : []),
      ...notesOf(state, bundle, changes),
    ],
    carryOut: () => carriedOut(base, asked, { bundle, changes }),
  }
}

const addressOf = ({ branch }: Base, { endpoint, name }: Asked): string =>
  `${endpoint}/datasets/${name}/tree/${encodeURIComponent(branch)}`

/** What lies there, and the manifest among it. */
interface State {
  files: ReadonlyMap<string, ListFileEntry>
  manifest: Awaited<ReturnType<HubClient['manifestAt']>>
}

const nothing: State = { files: new Map(), manifest: null }

async function stateAt(client: HubClient, commit: string): Promise<State> {
  const files = await client.filesAt(commit)
  return { files, manifest: files.has('manifest.json') ? await client.manifestAt(commit) : null }
}

/** A file that only the former export named goes, and so do traces of it. What nobody named stays. */
async function changesFrom({ files, manifest }: State, bundle: Bundle): Promise<FileChange[]> {
  const named = new Set(bundle.files.map(({ path }) => path))
  const traces = [...files.keys()].filter(isTrace)
  const former = manifest ? [...manifest.files.map(({ path }) => path), signatureName, ...traces] : []
  const ours = await Array.fromAsync(bundle.files, async (file): Promise<FileChange> => {
    const { path, bytes } = file
    return { does: (await isSame(file, files.get(path))) ? 'same' : 'sent', path, bytes }
  })
  const gone = [...new Set(former)].flatMap((path): FileChange[] => {
    const entry = named.has(path) ? undefined : files.get(path)
    return entry ? [{ does: 'removed', path, bytes: entry.size }] : []
  })
  return [...ours, ...gone]
}

/** The Hub names large files by their sha256, and others as git does. */
async function isSame(
  { bytes, sha256, blob }: BundleFile,
  entry: ListFileEntry | undefined,
): Promise<boolean> {
  if (entry?.lfs) return entry.lfs.oid === sha256
  return entry !== undefined && entry.size === bytes && entry.oid === (await gitHash(blob))
}

async function gitHash(blob: Blob): Promise<string> {
  const hash = createHash('sha1').update(`blob ${blob.size}\0`)
  for await (const piece of blob.stream()) hash.update(piece)
  return hash.digest('hex')
}

function notesOf({ files, manifest }: State, { name }: Bundle, changes: readonly FileChange[]): string[] {
  const known = new Set(['.gitattributes', ...changes.map(({ path }) => path)])
  const others = [...files.keys()].filter(path => !known.has(path))
  const another = manifest !== null && manifest.name !== name
  return [
    ...(another ? [`it takes the place of the export of another run, ${manifest.name}`] : []),
    ...(others.length > 0 ? [`files that lie there and are of no export stay: ${others.length}`] : []),
  ]
}

const titleOf = ({ name, number, sha256 }: Bundle): string =>
  `Export ${number === null ? '' : `${number} `}of ${name} (manifest ${sha256.slice(0, 12)})`

interface Work {
  bundle: Bundle
  changes: readonly FileChange[]
}

async function carriedOut(base: Base, asked: Asked, work: Work): Promise<string> {
  const { client, shown, way, errand } = asked
  const { bundle, changes } = work
  const parentCommit = await madeReady(base, asked)
  const operations = operationsOf(work)
  if (operations.length === 0) return addressOf(base, asked)
  const commit = {
    title: titleOf(bundle),
    description: `sha256 of its manifest: ${bundle.sha256}`,
    operations,
    branch: base.branch,
    parentCommit,
    isPullRequest: way.pr,
  }
  const { oid, url } = await client.commit(commit, sending(shown, bytesToSend(changes), errand))
  const [other] = (await changesFrom(await stateAt(client, oid), bundle)).filter(
    ({ does }) => does !== 'same',
  )
  if (other)
    throw new RemoteError(`${shown}: ${other.path} is not there as it was sent; push again`, 'changed')
  return url
}

/** The commit to come after, where all that it needs has been made. */
async function madeReady(
  { commit, branch, makesBranch }: Base,
  { client, way, shown }: Asked,
): Promise<string> {
  if (commit === null) await client.create(way.public ? 'public' : 'private')
  const from = commit ?? (await client.commitAt('HEAD'))
  if (from === null) throw new RemoteError(`${shown}: it was made and is not there; push again`, 'absent')
  if (makesBranch) await client.branch(branch, from)
  return from
}

function operationsOf({ bundle, changes }: Work): CommitOperation[] {
  const blobs = new Map(bundle.files.map(({ path, blob }) => [path, blob]))
  return changes.flatMap(({ does, path }): CommitOperation[] => {
    if (does === 'removed') return [{ operation: 'delete', path }]
    const content = blobs.get(path)
    return does === 'sent' && content ? [{ operation: 'addOrUpdate', path, content }] : []
  })
}
