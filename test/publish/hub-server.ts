import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { sha256 } from '../../schemas/hash.ts'
import { answer, entryOf, gitHash, refused } from '../servers/hub.ts'
import { listening } from '../servers/loopback.ts'

type Tree = ReadonlyMap<string, Buffer>

interface Commit {
  sha: string
  tree: Tree
  title: string
}

interface Proposal {
  num: number
  title: string
  status: 'open' | 'closed'
}

interface Repository {
  private: boolean
  branches: Map<string, string>
  proposals: Proposal[]
}

/** What was asked: its path with `PUT` or so before it, and the token that was shown. */
interface Heard {
  asked: string
  authorization: string | undefined
  bytes: number
}

/** What is said instead of the right answer; `done`: it happens as if that had been given. */
interface Said {
  status: number
  headers?: Record<string, string>
  body?: string
  done?: boolean
}

export interface HubOptions {
  token?: string
  large?: number
  partSize?: number
  xet?: ReadonlyMap<string, Buffer>
}

/**
 * A Hub that can be written to, as huggingface.co answers `@huggingface/hub` and `huggingface_hub`: it asks which files
 * are large, has these put on another server in one piece or in parts of `partSize` bytes, and then takes a commit of
 * all. Text below `large` bytes comes with the commit. With `xet` large files go as blocks of bytes, which are not put
 * together again: the file of a sha256 that a shard of blocks names is looked up there.
 */
export async function writableHub({
  token = 'hf_secret',
  large = 20_000,
  partSize = 0,
  xet,
}: HubOptions = {}) {
  const repositories = new Map<string, Repository>()
  const commits = new Map<string, Commit>()
  const stored = new Map<string, Buffer>()
  const parts = new Map<string, Buffer>()
  const heard: Heard[] = []
  /** `cut` breaks the connection off, `hang` says nothing. */
  const state = { mood: (_asked: string): Said | 'cut' | 'hang' | undefined => undefined }

  const storage = await listening(async (request, response) => {
    const { body, said } = await arrived(request)
    if (said === 'hang') return
    if (said) return void request.socket.destroy()
    if (request.url?.startsWith('/v1/chunks/')) return answer(response, 404)
    if (request.url?.startsWith('/v1/')) {
      for (const [oid, bytes] of xet ?? []) if (body.includes(inShard(oid))) stored.set(oid, bytes)
      return answer(response, 200, { body: '{}' })
    }
    const [, oid = '', part] = (request.url ?? '').split('/')
    if (request.method === 'POST') {
      const { parts: all } = JSON.parse(String(body)) as { parts: { partNumber: number; etag: string }[] }
      stored.set(
        oid,
        Buffer.concat(all.map(({ partNumber }) => parts.get(`${oid}/${partNumber}`) ?? Buffer.of())),
      )
      return answer(response, 200)
    }
    if (part === undefined && sha256(body) !== oid) return answer(response, 400, { body: 'BadDigest' })
    if (part === undefined) stored.set(oid, body)
    else parts.set(`${oid}/${part}`, body)
    answer(response, 200, { headers: { etag: `"${gitHash(body)}"` } })
  })

  const hub = await listening(async (request, response) => {
    const { body, said } = await arrived(request)
    if (said === 'hang') return
    if (said === 'cut') return void request.socket.destroy()
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://hub')
    if (request.headers.authorization !== `Bearer ${token}`)
      return refused(response, 401, 'Invalid username or password.')
    if (said && !said.done) return answer(response, said.status, said)
    const told = route(pathname, searchParams, body)
    if (said) return answer(response, said.status, said)
    answer(response, told.status ?? 200, { ...told, body: told.text ?? JSON.stringify(told.json) })
  })

  /** A request, noted, and what is to be said to it. */
  async function arrived(request: IncomingMessage) {
    const asked = `${request.method} ${(request.url ?? '').split('?', 1)[0]}`
    const entry: Heard = { asked, authorization: request.headers.authorization, bytes: 0 }
    heard.push(entry)
    const body = await buffer(request).catch(() => Buffer.of())
    entry.bytes = body.length
    return { body, said: state.mood(asked) }
  }

  interface Told {
    status?: number
    headers?: Record<string, string>
    json?: unknown
    text?: string | Buffer
  }

  const absent = (code: string): Told => ({
    status: 404,
    headers: { 'x-error-code': code, 'x-error-message': code },
    json: { error: code },
  })

  function route(path: string, search: URLSearchParams, body: Buffer): Told {
    if (path === '/api/validate-yaml') return { json: { errors: [], warnings: [] } }
    if (path === '/api/repos/create') return created(JSON.parse(String(body)))
    const [, name = '', rest = ''] =
      /^\/(?:api\/)?datasets\/([^/]+\/[^/]+?)(?:\.git\/info\/lfs\/objects|)\/(.*)$/.exec(path) ?? []
    const repository = repositories.get(name)
    if (!repository) return absent('RepoNotFound')
    const [kind = '', given = '', ...below] = rest.split('/')
    const revision = decodeURIComponent(given)
    const sha = commits.has(revision)
      ? revision
      : repository.branches.get(revision === 'HEAD' ? 'main' : revision)
    if (kind === 'batch') return batch(JSON.parse(String(body)))
    if (kind === 'discussions') return { json: { discussions: repository.proposals, count: 1, start: 0 } }
    if (kind === 'branch') {
      const { startingPoint = 'main' } = JSON.parse(String(body))
      repository.branches.set(revision, repository.branches.get(startingPoint) ?? startingPoint)
      return { json: {} }
    }
    const at = commits.get(sha ?? '')
    if (!at) return absent('RevisionNotFound')
    if (kind === 'revision') return { json: { _id: '6', id: name, sha, private: repository.private } }
    if (kind === 'tree') return { json: entriesOf(at.tree) }
    if (kind === 'preupload') return { json: { files: modesOf(JSON.parse(String(body))) } }
    if (kind === 'resolve') {
      const bytes = at.tree.get(decodeURIComponent(below.join('/')))
      return bytes ? { text: bytes } : absent('EntryNotFound')
    }
    if (kind === 'commit')
      return committed({ name, repository, revision, at, proposes: search.has('create_pr') }, body)
    return absent('no such route')
  }

  function created({ name, organization, visibility }: Record<string, string>): Told {
    const id = `${organization}/${name}`
    if (repositories.has(id)) return { status: 409, json: { error: 'You already created this dataset repo' } }
    make(id, visibility === 'private')
    return { json: { url: `${hub.origin}/datasets/${id}`, id } }
  }

  function make(id: string, isPrivate: boolean) {
    const sha = put(new Map([['.gitattributes', Buffer.from('*.parquet filter=lfs\n')]]), 'initial commit')
    repositories.set(id, { private: isPrivate, branches: new Map([['main', sha]]), proposals: [] })
  }

  function put(tree: Tree, title: string): string {
    const sha = gitHash(`${commits.size} ${title}`)
    commits.set(sha, { sha, tree, title })
    return sha
  }

  const entriesOf = (tree: Tree) =>
    [...tree].map(([path, bytes]) => entryOf(path, bytes, isLarge(path, bytes.length)))

  const isLarge = (path: string, size: number) => path.endsWith('.parquet') || size >= large

  const modesOf = ({ files }: { files: { path: string; size: number }[] }) =>
    files.map(({ path, size }) => ({
      path,
      uploadMode: isLarge(path, size) ? 'lfs' : 'regular',
      shouldIgnore: false,
    }))

  function batch({ objects }: { objects: { oid: string; size: number }[] }): Told {
    const action = (oid: string, size: number) => {
      if (stored.has(oid)) return {}
      if (xet) return { actions: { upload: { href: `${hub.origin}/xet-write-token`, header: xetHeader() } } }
      const header =
        partSize > 0 && size > partSize
          ? {
              chunk_size: String(partSize),
              ...Object.fromEntries(
                Array.from({ length: Math.ceil(size / partSize) }, (_, index) => [
                  String(index + 1).padStart(5, '0'),
                  `${storage.origin}/${oid}/${index + 1}`,
                ]),
              ),
            }
          : undefined
      return { actions: { upload: { href: `${storage.origin}/${oid}`, ...(header && { header }) } } }
    }
    const xetHeader = () => ({
      'X-Xet-Cas-Url': storage.origin,
      'X-Xet-Access-Token': 'xet_secret',
      'X-Xet-Token-Expiration': String(Math.floor(Date.now() / 1000) + 3600),
    })
    const transfer = xet ? 'xet' : partSize > 0 ? 'multipart' : 'basic'
    return {
      json: { transfer, objects: objects.map(({ oid, size }) => ({ oid, size, ...action(oid, size) })) },
    }
  }

  interface Committing {
    name: string
    repository: Repository
    revision: string
    at: Commit
    proposes: boolean
  }

  function committed({ name, repository, revision, at, proposes }: Committing, body: Buffer): Told {
    const lines = String(body)
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as { key: string; value: Record<string, string> })
    const header = lines.find(({ key }) => key === 'header')?.value ?? {}
    if (header.parentCommit && header.parentCommit !== at.sha)
      return { status: 412, json: { error: 'A commit has happened since. Please refresh and try again.' } }
    const tree = new Map(at.tree)
    for (const { key, value } of lines) {
      const { path = '', content = '', oid = '' } = value
      const bytes = key === 'file' ? Buffer.from(content, 'base64') : stored.get(oid)
      if (key === 'deletedFile') tree.delete(path)
      else if (key === 'lfsFile' && !bytes) return { status: 400, json: { error: `${path} is not there` } }
      else if (bytes) tree.set(path, bytes)
    }
    const sha = put(tree, header.summary ?? '')
    const num = repository.proposals.length + 1
    if (proposes) repository.proposals.push({ num, title: header.summary ?? '', status: 'open' })
    repository.branches.set(proposes ? `refs/pr/${num}` : revision, sha)
    const url = `${hub.origin}/datasets/${name}`
    return {
      json: {
        commitOid: sha,
        commitUrl: `${url}/commit/${sha}`,
        ...(proposes && { pullRequestUrl: `${url}/discussions/${num}` }),
      },
    }
  }

  return {
    origin: hub.origin,
    heard,
    state,
    make,
    repositories,
    stored,
    /** What lies on a branch. */
    tree: (name: string, branch = 'main'): Tree =>
      commits.get(repositories.get(name)?.branches.get(branch) ?? '')?.tree ?? new Map(),
    titles: () => [...commits.values()].map(({ title }) => title),
    /** Somebody else's commit to a branch. */
    commit(name: string, files: Record<string, string | Uint8Array>, branch = 'main') {
      const before = this.tree(name, branch)
      const added = Object.entries(files).map(([path, bytes]) => [path, Buffer.from(bytes)] as const)
      repositories.get(name)?.branches.set(branch, put(new Map([...before, ...added]), 'by hand'))
    },
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]()
      await storage[Symbol.asyncDispose]()
    },
  }
}

/** A hash as a shard has it: eight bytes each, the last one first. */
const inShard = (hex: string): Buffer =>
  Buffer.concat(
    [0, 8, 16, 24].map(at =>
      Buffer.from(hex, 'hex')
        .subarray(at, at + 8)
        .reverse(),
    ),
  )
