import { dirname } from 'node:path/posix'
import type { Response } from 'undici'
import { sha256 } from '../../schemas/hash.ts'
import { InputError } from '../../schemas/input-error.ts'
import type { ByteRange, Place, RemoteBytes, RemoteFile } from './place.ts'
import type { Routes } from './reach.ts'
import { bodyOf, get, rangeHeader } from './web.ts'

/** A file on a web server; images of a table lie below its folder. */
export function webServer(written: string, routes: Routes): Place {
  const named = URL.parse(written)
  if (!named) throw new InputError([`${written.split('?', 1)[0]}: it is no URL; correct it`])
  const { origin } = named
  const pattern = decodedPath(named.pathname.slice(1))
  const shown = shownUrl(written)
  if (named.username || named.password)
    throw new InputError([
      `${shown}: a URL with a user name or a password is not taken; fetch it and give its path`,
    ])
  if (/[*{]/.test(pattern))
    throw new InputError([
      `${shown}: a web server tells nobody which files it has; name each of them in a list`,
    ])
  // What the query asks for, or proves, is for the file that is named; other files have none.
  const urlOf = (path: string) => (path === pattern ? named : new URL(`/${encodedPath(path)}`, origin))
  const show = (path: string) => (path === pattern ? shown : String(urlOf(path)))
  const key = 'a signed URL may have expired, and then a new one is needed'

  async function open({ path }: Pick<RemoteFile, 'path'>, range: ByteRange, signal: AbortSignal) {
    const headers = rangeHeader(range)
    return bytesIn(
      await get(urlOf(path), { shown: show(path), key, routes, signal, headers }),
      show(path),
      signal,
    )
  }

  return {
    shown,
    pattern,
    fixed: false,
    key,
    show,
    open,
    imagesOf: table => dirname(table),
    async list(signal) {
      // Servers that sign URLs may sign them for GET alone, so nothing else is asked; the bytes are left.
      const response = await get(named, { shown, key, routes, signal })
      await response.body?.cancel()
      return { commit: null, files: [{ path: pattern, ...toldBy(response) }] }
    },
  }
}

/** A response that holds a file's bytes from some offset on. */
export function bytesIn(response: Response, shown: string, signal: AbortSignal): RemoteBytes {
  const start = Number(rangeOf(response)?.[1] ?? 0)
  return { ...toldBy(response), start, body: bodyOf(response.body, shown, signal) }
}

const rangeOf = ({ status, headers }: Response) =>
  status === 206 ? /^bytes (\d+)-\d*\/(\d+)?/.exec(headers.get('content-range') ?? '') : null

function toldBy(response: Response): Pick<RemoteBytes, 'size' | 'mark'> {
  const { headers } = response
  const range = rangeOf(response)
  const whole = range ? range[2] : headers.get('content-length')
  // What is packed on the way has another length than what comes out of it.
  const size = whole && !headers.has('content-encoding') ? Number(whole) : null
  const [etag, modified] = [headers.get('etag'), headers.get('last-modified')]
  return { size, mark: etag ? `etag:${etag}` : modified ? `modified:${modified}` : '' }
}

/** Parameters by which URLs are signed (AWS, Google, CloudFront, Azure) and the usual names of keys. */
const signing = new RegExp(
  `^(${[
    'x-amz-.*|x-goog-.*|awsaccesskeyid|googleaccessid|signature|expires|key-pair-id|policy',
    's[vepr]|s[ist]|s[rd]t|sdd|sip|spr|sig|sk[tesv]|skoid|sktid|saoid|suoid|scid',
    '(access[_-]?|auth[_-]?)?token|(api[_-]?)?key|secret|password|auth|jwt',
  ].join('|')})$`,
  'i',
)

/**
 * A URL without secrets. Of a query, names are left and what tells their values apart; what signs it is not, because
 * that is another one each time.
 */
export function shownUrl(written: string): string {
  const url = new URL(written)
  const kept = [...url.searchParams].filter(([name]) => !signing.test(name))
  url.search = kept
    .map(([name, value]) => `${encodeURIComponent(name)}=${sha256(value).slice(0, 8)}`)
    .join('&')
  url.username = ''
  url.password = ''
  url.hash = ''
  return String(url)
}

/** A path as one of a URL. */
export const encodedPath = (path: string): string => path.split('/').map(encodeURIComponent).join('/')

export function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
