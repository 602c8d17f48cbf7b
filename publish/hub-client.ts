import type { CommitOperation, ListFileEntry } from '@huggingface/hub'
import { type HeldManifest, parsedManifest } from '../output/lineage/held-manifest.ts'
import { isObject } from '../schemas/json.ts'
import { DamagedError } from '../store/errors.ts'
import { persistently } from '../store/remote/persistently.ts'
import type { Sent } from '../store/remote/put-blob.ts'
import { RemoteError } from '../store/remote/remote-error.ts'
import { get } from '../tasks/remote/web.ts'
import type { Errand } from './errand.ts'
import { type HubAccess, hubRequests, writing } from './hub-requests.ts'

/** A dataset of the Hub. */
export interface HubRepository extends HubAccess {
  /** Such as `owner/name`. */
  name: string
}

/** A commit that is to be made. */
export interface NewCommit {
  title: string
  description: string
  operations: CommitOperation[]
  branch: string
  /** The commit that it comes after: where another one has, it is refused. */
  parentCommit: string
  /** Whether it is proposed only. */
  isPullRequest: boolean
}

export type HubClient = ReturnType<typeof hubClient>

/** What a push asks of the Hub. All of it rejects with RemoteError. */
export function hubClient(repository: HubRepository, errand: Errand) {
  const { endpoint, name, shown } = repository
  const repo = { type: 'dataset', name } as const
  const asking = (tell?: Sent) => ({ hubUrl: endpoint, fetch: hubRequests(repository, errand, tell) })

  async function json(path: string): Promise<unknown> {
    const answer = await asking().fetch(`${endpoint}/api/datasets/${name}/${path}`)
    return answer.json()
  }

  return {
    /** The commit that a branch is at; null where there is no such branch, or no such dataset. */
    async commitAt(revision: string): Promise<string | null> {
      const { datasetInfo } = await import('@huggingface/hub')
      const { sha } = await datasetInfo({ ...asking(), name, revision, additionalFields: ['sha'] }).catch(
        unlessAbsent,
      )
      return sha
    },
    async filesAt(commit: string): Promise<Map<string, ListFileEntry>> {
      const { listFiles } = await import('@huggingface/hub')
      const all = await Array.fromAsync(listFiles({ ...asking(), repo, revision: commit, recursive: true }))
      return new Map(all.filter(({ type }) => type === 'file').map(entry => [entry.path, entry]))
    },
    /** The manifest that lies there; null where what lies there is none. */
    manifestAt: (commit: string) => manifestAt(commit, repository, errand),
    /** The number of a pull request of this title that is open; null where there is none. */
    async pullRequest(title: string): Promise<number | null> {
      const told = await json('discussions?type=pull_request&status=open')
      const all = isObject(told) && Array.isArray(told.discussions) ? told.discussions : []
      const found = all.find(each => isObject(each) && each.title === title)
      return isObject(found) && typeof found.num === 'number' ? found.num : null
    },
    async create(visibility: 'private' | 'public'): Promise<void> {
      const { createRepo } = await import('@huggingface/hub')
      // The token is shown by whoever asks.
      await createRepo({ ...asking(), repo, visibility } as Parameters<typeof createRepo>[0])
    },
    async branch(branch: string, revision: string): Promise<void> {
      const { createBranch } = await import('@huggingface/hub')
      await createBranch({ ...asking(), repo, branch, revision })
    },
    /** Sends what the Hub does not have and commits it, all or nothing. */
    async commit(commit: NewCommit, tell: Sent): Promise<{ oid: string; url: string }> {
      const made = await (await import('@huggingface/hub')).commit({
        ...asking(tell),
        ...commit,
        repo,
        abortSignal: errand.signal,
      })
      if (!made) throw new RemoteError(`${shown}: the Hub names no commit; push again`, 'closed')
      return { oid: made.commit.oid, url: made.pullRequestUrl ?? made.commit.url }
    },
  }
}

function unlessAbsent(error: unknown): { sha: null } {
  if (error instanceof RemoteError && error.kind === 'absent') return { sha: null }
  throw error
}

async function manifestAt(
  commit: string,
  { endpoint, name, token, shown }: HubRepository,
  errand: Errand,
): Promise<HeldManifest | null> {
  const url = new URL(`${endpoint}/datasets/${name}/resolve/${commit}/manifest.json`)
  const secret = { authorization: `Bearer ${token}` }
  const { routes, signal } = errand
  const answer = await persistently(errand, () => get(url, { shown, key: writing, routes, signal, secret }))
  return manifestIn(await answer.bytes(), shown)
}

function manifestIn(bytes: Uint8Array, shown: string): HeldManifest | null {
  try {
    return parsedManifest(shown, bytes)
  } catch (error) {
    if (error instanceof DamagedError) return null
    throw error
  }
}
