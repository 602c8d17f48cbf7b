import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { ListFileEntry } from '@huggingface/hub'
import { InputError } from '../../schemas/input-error.ts'
import { RemoteError } from '../../store/remote/remote-error.ts'
import { fixedFolder } from './glob.ts'
import type { Place, RemoteFile } from './place.ts'
import type { Routes } from './reach.ts'
import { get, rangeHeader } from './web.ts'
import { bytesIn, decodedPath, encodedPath } from './web-server.ts'

const form = /^hf:\/\/datasets\/([^/@]+\/[^/@]+)(?:@(refs\/(?:convert|pr)\/[^/]+|[^/]+))?(?:\/+(.*))?$/

/** Files of a dataset on the Hub of Hugging Face, or on another one that HF_ENDPOINT names. */
export function hub(written: string, routes: Routes): Place {
  const [, name = '', branch = 'main', pattern = ''] = form.exec(written) ?? []
  const revision = decodedPath(branch)
  if (!name)
    throw new InputError([
      `${written}: it names no dataset; write hf://datasets/owner/name/path, as in ${example}`,
    ])
  const endpoint = hubEndpoint()
  const key = 'set HF_TOKEN to a token that may read it, and accept the terms on its page if it has some'
  const secret = bearer()
  const asked = { key, routes, ...(secret && { secret }) }
  const base = `hf://datasets/${name}${branch === 'main' ? '' : `@${branch}`}`
  const show = (path: string) => `${base}/${path}`

  return {
    shown: written,
    pattern,
    fixed: isCommit(revision),
    key,
    show,
    imagesOf: () => '',
    async list(signal) {
      const client = clientOf(endpoint, { shown: written, ...asked, signal })
      const commit = await client.commit(name, revision)
      return { commit, files: await client.files(name, commit, pattern) }
    },
    async open({ path, version = revision }, range, signal) {
      const at = `datasets/${name}/resolve/${encodeURIComponent(version)}/${encodedPath(path)}`
      const url = new URL(`${endpoint}/${at}`)
      const response = await get(url, { ...asked, shown: show(path), signal, headers: rangeHeader(range) })
      // Where the bytes come from, they may be marked in another way; the Hub names what they must hash to.
      return { ...bytesIn(response, show(path), signal), mark: '' }
    },
  }
}

const example = 'hf://datasets/owner/name/data/train-*.parquet'

export const isCommit = (revision: string) => /^[0-9a-f]{40}$/.test(revision)

/** The client of the Hub, with requests that are made as all others are. */
function clientOf(endpoint: string, asked: Asked) {
  const ask = (input: unknown): Promise<never> => get(pageOf(input, endpoint, asked), asked) as Promise<never>
  const options = { hubUrl: endpoint, fetch: ask }
  return {
    async commit(name: string, revision: string): Promise<string> {
      if (isCommit(revision)) return revision
      const { datasetInfo } = await import('@huggingface/hub')
      const { sha } = await understood(
        asked,
        datasetInfo({ ...options, name, revision, additionalFields: ['sha'] }),
      )
      if (!isCommit(String(sha))) throw otherwise(asked, 'it names no commit')
      return sha
    },
    async files(name: string, commit: string, pattern: string): Promise<RemoteFile[]> {
      const { listFiles } = await import('@huggingface/hub')
      const { folder, deep } = fixedFolder(pattern)
      const repo = { type: 'dataset', name } as const
      const path = encodedPath(folder)
      const all = listFiles({ ...options, repo, revision: commit, path, recursive: deep })
      const entries = await understood(asked, Array.fromAsync(all))
      return entries.filter(({ type }) => type === 'file').map(entry => fileOf(entry, commit))
    },
  }
}

type Asked = Parameters<typeof get>[1]

/** A page of the Hub's own. A mirror may hand on links of the Hub itself; anywhere else the token must not go. */
function pageOf(input: unknown, endpoint: string, asked: Asked): URL {
  const page = String(input)
  const own = page.startsWith(`${theHub}/`) ? `${endpoint}${page.slice(theHub.length)}` : page
  if (!own.startsWith(`${endpoint}/`)) throw otherwise(asked, 'its list goes on elsewhere')
  return new URL(own)
}

/** What the client makes of an answer. One that is no JSON, as of a portal that wants a login, is not the Hub's. */
const understood = <T>(asked: Asked, answer: Promise<T>): Promise<T> =>
  answer.catch(error => {
    throw error instanceof SyntaxError || error instanceof TypeError
      ? otherwise(asked, 'it sends no JSON')
      : error
  })

const otherwise = ({ shown }: Asked, how: string) =>
  new RemoteError(
    `${shown}: this is not how the Hub answers: ${how}; check HF_ENDPOINT and the network`,
    'closed',
  )

/** Large files are named by their sha256, others by their hash in git. */
const fileOf = ({ path, size, oid, lfs }: ListFileEntry, version: string): RemoteFile => ({
  path,
  size: lfs?.size ?? size,
  mark: lfs ? `sha256:${lfs.oid}` : `git:${oid}`,
  version,
})

const theHub = 'https://huggingface.co'

/** The Hub's address, or that of another one which HF_ENDPOINT names. Throws InputError where that is none. */
export function hubEndpoint(): string {
  const written = (process.env.HF_ENDPOINT || theHub).replace(/\/+$/, '')
  const url = URL.parse(written)
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.search) return written
  throw new InputError(['HF_ENDPOINT is no address such as https://huggingface.co; correct it'])
}

/** The token of the environment, or the one that `hf auth login` wrote down. */
function bearer(): Record<string, string> | undefined {
  const { HF_TOKEN, HF_TOKEN_PATH, HF_HOME, XDG_CACHE_HOME } = process.env
  const home = HF_HOME || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface')
  const token = (HF_TOKEN || textOf(HF_TOKEN_PATH || join(home, 'token'))).trim()
  if (token && !/^[\x21-\x7e]+$/.test(token))
    throw new InputError(['HF_TOKEN is no token: it has blanks or letters that none has; correct it'])
  return token ? { authorization: `Bearer ${token}` } : undefined
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
