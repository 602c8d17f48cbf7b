import { redrawn } from '../../images/redrawn.ts'
import { ImageError } from '../../store/errors.ts'
import { internet, type Media, ruledOut, visit } from './public-web.ts'

/** Pixels a side. */
const thumbnailSize = 320
/** Bytes. */
const largest = 3_000_000
const media: Media = { accept: 'image/*', types: /^image\//i, name: 'picture' }

/**
 * The picture at an address of the public web or in a data URL, as a small JPEG; null for whatever else stands there.
 * It may be anyone's address, so it is reached as `open_page` reaches pages: none that is not public, but for those at
 * the origin of the service itself, which the config names.
 */
export async function thumbnailAt(
  address: string,
  asked: { service: string; origin: string; signal: AbortSignal },
): Promise<Uint8Array | null> {
  const bytes = fromDataUrl(address) ?? (await fetched(address, asked))
  return bytes && (await thumbnailOf(bytes))
}

/** Null for bytes that are no picture. */
export const thumbnailOf = (bytes: Uint8Array, size = thumbnailSize): Promise<Uint8Array | null> =>
  redrawn.smallJpeg({}, bytes, size).catch(error => {
    if (error instanceof ImageError) return null
    throw error
  })

function fromDataUrl(address: string): Uint8Array | null {
  const [, base64] = /^data:image\/[a-z]+;base64,([a-z0-9+/=]+)$/i.exec(address) ?? []
  return base64 && base64.length <= (largest * 4) / 3 ? Buffer.from(base64, 'base64') : null
}

async function fetched(
  address: string,
  { service, origin, signal }: { service: string; origin: string; signal: AbortSignal },
): Promise<Uint8Array | null> {
  const link = URL.parse(address)
  if (!link) return null
  const own = link.origin === origin
  const rules = own ? { allow: [link.hostname], ports: [portOf(link)] } : { ports: [80, 443] }
  const network = own ? { ...internet, mayReach: () => true } : internet
  if (ruledOut(link, rules)) return null
  const visited = { service, link, rules, network, signal, media, maxBytes: largest, timeoutMs: 10_000 }
  try {
    return (await visit(visited)).bytes
  } catch {
    signal.throwIfAborted()
    return null
  }
}

const portOf = ({ port, protocol }: URL): number => Number(port || (protocol === 'https:' ? 443 : 80))
