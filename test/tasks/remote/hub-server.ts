import type { IncomingMessage, ServerResponse } from 'node:http'
import { sha256 } from '../../../schemas/hash.ts'
import { answer, blobHash, entryOf, gitHash, refused } from '../../servers/hub.ts'
import { listening } from '../../servers/loopback.ts'

type Files = Record<string, string | Uint8Array>

/** What is sent in place of the right answer, for the request of that number; undefined where it is the right one. */
export type Mood = (
  path: string,
  number: number,
) => { status: number; headers?: Record<string, string>; body?: string } | undefined

/**
 * A Hub as huggingface.co answers `@huggingface/hub`: it lists a few entries a page and links to the next one, names
 * large files by their sha256 and others by their git hash, and redirects to another server for the bytes of large ones.
 * `token`, where given, is asked for.
 */
export async function hubServer({
  token,
  large = 1000,
  page = 2,
}: {
  token?: string
  large?: number
  page?: number
} = {}) {
  const commits = new Map<string, Map<string, Buffer>>()
  const branches = new Map<string, string>()
  const heard: { url: string; authorization: string | undefined; range: string | undefined }[] = []
  /** `cut` breaks the next large file off after so many bytes, `tamper` makes others of all. */
  const state = {
    mood: (() => undefined) as Mood,
    cut: undefined as number | undefined,
    tamper: (bytes: Buffer) => bytes,
    /** So many addresses of bytes do not hold any more when they are followed. */
    expired: 0,
    /** As which the Hub links to itself. */
    calledItself: '',
  }

  const content = await listening((request, response) => {
    heard.push(noted(request, 'cdn'))
    const [, commit = '', ...path] = pathOf(request).split('/').map(decodeURIComponent)
    const bytes = commits.get(commit)?.get(path.join('/'))
    if (!bytes || state.expired-- > 0)
      return answer(response, 403, { body: '<Error><Code>AccessDenied</Code></Error>' })
    sendBytes(request, response, state.tamper(bytes), { etag: '"of the store behind"' }, state.cut)
    state.cut = undefined
  })
  const hub = await listening((request, response) => {
    heard.push(noted(request, ''))
    const path = pathOf(request)
    const told = state.mood(path, heard.length)
    if (told) return answer(response, told.status, told)
    if (token && request.headers.authorization !== `Bearer ${token}`)
      return refused(response, 401, 'Access to dataset own/tasks is restricted.', 'GatedRepo')
    const [, info] = /^\/api\/datasets\/own\/tasks\/revision\/([^/]+)$/.exec(path) ?? []
    if (info) return named(response, decodeURIComponent(info))
    const tree = /^\/api\/datasets\/own\/tasks\/tree\/([0-9a-f]{40})(?:\/(.*))?$/.exec(path)
    if (tree) return listed(request, response, tree[1] ?? '', decodeURIComponent(tree[2] ?? ''))
    const file = /^\/datasets\/own\/tasks\/resolve\/([^/]+)\/(.+)$/.exec(path)
    if (file) return resolved(request, response, decodeURIComponent(file[1] ?? ''), file[2] ?? '')
    refused(response, 404, 'Repository not found', 'RepoNotFound')
  })

  function named(response: ServerResponse, revision: string) {
    const sha = commits.has(revision) ? revision : branches.get(revision)
    if (!sha) return refused(response, 404, `Invalid rev id: ${revision}`, 'RevisionNotFound')
    answer(response, 200, {
      body: JSON.stringify({
        _id: '6',
        id: 'own/tasks',
        private: false,
        gated: false,
        sha,
        lastModified: '2026-01-01T00:00:00.000Z',
      }),
    })
  }

  function listed(request: IncomingMessage, response: ServerResponse, commit: string, folder: string) {
    const files = commits.get(commit)
    const url = new URL(request.url ?? '', hub.origin)
    const below = [...(files ?? [])].filter(([path]) => folder === '' || path.startsWith(`${folder}/`))
    if (!files || (folder && below.length === 0))
      return refused(response, 404, 'Entry not found', 'EntryNotFound')
    const deep = url.searchParams.get('recursive') === 'true'
    const entries = below
      .filter(([path]) => deep || !path.slice(folder ? folder.length + 1 : 0).includes('/'))
      .map(([path, bytes]) => ({
        ...entryOf(path, bytes, bytes.length >= large),
        ...(bytes.length >= large && { xetHash: sha256(`xet ${path}`) }),
      }))
    const from = Number(url.searchParams.get('cursor') ?? 0)
    url.searchParams.set('cursor', String(from + page))
    const next = `${state.calledItself || url.origin}${url.pathname}${url.search}`
    const link = from + page < entries.length ? { link: `<${next}>; rel="next"` } : {}
    answer(response, 200, { headers: link, body: JSON.stringify(entries.slice(from, from + page)) })
  }

  function resolved(request: IncomingMessage, response: ServerResponse, revision: string, path: string) {
    const commit = branches.get(revision) ?? revision
    const bytes = commits.get(commit)?.get(decodeURIComponent(path))
    if (!bytes) return refused(response, 404, 'Entry not found', 'EntryNotFound')
    const about = {
      'x-repo-commit': commit,
      'x-linked-size': String(bytes.length),
      'x-linked-etag': `"${sha256(bytes)}"`,
    }
    if (bytes.length < large)
      return sendBytes(request, response, bytes, { ...about, etag: `"${blobHash(bytes)}"` }, undefined)
    const location = `${content.origin}/${commit}/${path}?X-Amz-Signature=${sha256(path)}`
    answer(response, 302, { headers: { ...about, location }, body: `Found. Redirecting to ${location}` })
  }

  return {
    origin: hub.origin,
    heard,
    state,
    /** Put files as a new commit and move a branch to it; returns the commit. */
    commit(files: Files, branch = 'main') {
      const all = new Map(Object.entries(files).map(([path, bytes]) => [path, Buffer.from(bytes)]))
      const sha = gitHash(`${commits.size} ${[...all].map(([path, bytes]) => path + blobHash(bytes))}`)
      commits.set(sha, all)
      branches.set(branch, sha)
      return sha
    },
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]()
      await content[Symbol.asyncDispose]()
    },
  }
}

const pathOf = (request: IncomingMessage) => (request.url ?? '').split('?', 1)[0] ?? ''

const noted = ({ url = '', headers }: IncomingMessage, where: string) => ({
  url: where + url,
  authorization: headers.authorization,
  range: headers.range,
})

/** Sends the bytes, or the part of them that is asked for, and breaks off after `cut` of them. */
function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  headers: Record<string, string>,
  cut: number | undefined,
) {
  const [, start, end] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  const from = Number(start ?? 0)
  const part = bytes.subarray(from, end ? Number(end) + 1 : undefined)
  const range =
    start === undefined ? {} : { 'content-range': `bytes ${from}-${from + part.length - 1}/${bytes.length}` }
  response.writeHead(start === undefined ? 200 : 206, {
    'accept-ranges': 'bytes',
    'content-length': part.length,
    ...headers,
    ...range,
  })
  if (cut === undefined) return void response.end(part)
  response.write(part.subarray(0, cut), () => response.destroy())
}
