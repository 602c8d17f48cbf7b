import Type, { type Static } from 'typebox'
import { InputError } from '../../schemas/input-error.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { called, closed, filledText, readOptions } from '../../schemas/options.ts'
import type { ImageHit, ImageProvider } from '../image-search.ts'
import { ServiceError } from '../service.ts'
import { thumbnailAt, thumbnailOf } from '../web/thumbnails.ts'
import { getJson } from './http-json.ts'
import { Mapping, type Scalars } from './http-search.ts'
import { hitsIn, type SearchHit } from './search-hits.ts'
import { type Sought, searchRequest, withoutKeys } from './search-request.ts'

/**
 * An address that answers an image with a list of results in JSON. `{image}` stands for the image, a JPEG in base64,
 * `{link}` for its address in the web, where `upload` puts it. With `send` it is the body itself, or a field of a form.
 */
export const HttpImageSearch = closed({
  ...Mapping,
  send: Type.Optional(Type.Union([Type.Literal('bytes'), closed({ form: filledText })])),
  /** Pixels of the longer side that is sent. 1024 by default. */
  maxSide: Type.Optional(Type.Integer({ minimum: 32 })),
})
export type HttpImageSearch = Static<typeof HttpImageSearch>

/** Puts a JPEG where the service can fetch it, such as a bucket of one's own; gives its address. */
export const Upload = called<(jpeg: Uint8Array, signal: AbortSignal) => Promise<string>>(
  'a function that puts a JPEG into the web and gives its address',
)

/** What cannot be said in plain data. */
export const ImageHooks = closed({
  upload: Type.Optional(Upload),
  /** Why an answer in the right form is none. */
  fault: Type.Optional(
    called<(answer: unknown) => ServiceError | undefined>('a function that gives a ServiceError or nothing'),
  ),
})
export type ImageHooks = Static<typeof ImageHooks>

/**
 * Any image search behind an HTTP address. A mapping says where things stand in its requests and answers:
 *
 *     httpImageSearch({
 *       name: 'birds',
 *       url: 'http://127.0.0.1:8000/similar',
 *       body: { image: '{image}', k: '{top}' },
 *       results: 'matches',
 *       fields: { id: 'id', title: 'caption', thumbnail: 'preview' },
 *     })
 *
 * A thumbnail that cannot be had is left out. Throws InputError for a mapping that cannot work. Keys are read when it
 * is asked.
 */
export function httpImageSearch(given: HttpImageSearch, hooks: ImageHooks = {}): ImageProvider {
  const { upload, fault = () => undefined } = readOptions('httpImageSearch', ImageHooks, hooks)
  const mapping = mappingOf(readOptions('httpImageSearch', HttpImageSearch, given), upload !== undefined)
  const {
    name,
    subject,
    limits,
    usdPerCall,
    timeoutMs,
    url,
    headers,
    query,
    body,
    send,
    maxSide = 1024,
    ...paths
  } = mapping
  const request = { url, ...(headers && { headers }), ...(query && { query }), ...(body && { body }) }
  const sought = send === undefined ? soughtIn(mapping) : null
  const { make, ready } = searchRequest(name, request, sought)

  async function sent(jpeg: Uint8Array, top: number, signal: AbortSignal) {
    if (sought === 'link' && upload) return make(await uploaded(name, upload, jpeg, signal), top)
    const { url, init } = make(Buffer.from(jpeg).toString('base64'), top)
    return { url, init: send === undefined ? init : posted(jpeg, send, init.headers) }
  }
  return {
    name,
    options: { ...withoutKeys(request), ...paths, ...(send && { send }), maxSide },
    ...(subject && { subject }),
    ...(limits && { limits }),
    ...(usdPerCall !== undefined && { usdPerCall }),
    ready,
    async byImage(bytes, top, signal) {
      const jpeg = await thumbnailOf(bytes, maxSide)
      if (!jpeg) throw new ServiceError(`${name}: the image cannot be sent as JPEG`, { transient: false })
      const asked = await sent(jpeg, top, signal)
      const answer = await getJson({ service: name, ...asked, signal, ...(timeoutMs && { timeoutMs }) })
      const refused = fault(answer)
      if (refused) throw refused
      const found = hitsIn(name, answer, paths, top)
      return await Promise.all(
        found.map(hit => shown(hit, { service: name, origin: new URL(url).origin, signal })),
      )
    },
  }
}

function mappingOf(mapping: HttpImageSearch, uploads: boolean): HttpImageSearch {
  const problem = problemOf(mapping, uploads)
  if (problem) throw new InputError([`${mapping.name}: ${problem}`])
  return mapping
}

function problemOf({ fields, query, body, send }: HttpImageSearch, uploads: boolean): string | undefined {
  if (!fields.link && !fields.id) return 'fields: say where the link or the id of a result stands'
  if (send && body) return 'send: the image is the body; what else there is to say goes into query or headers'
  if (!send && soughtIn({ query, body }) === 'link' && !uploads)
    return 'it asks for the {link} of an image; give upload, a function that puts a JPEG into the web and gives its address'
  return undefined
}

const soughtIn = ({ query, body }: { query?: Scalars | undefined; body?: JsonObject | undefined }): Sought =>
  JSON.stringify([query, body]).includes('{link}') ? 'link' : 'image'

/** The request with the image as its body. */
function posted(
  jpeg: Uint8Array,
  send: NonNullable<HttpImageSearch['send']>,
  headers: Record<string, string>,
) {
  const image = new Blob([Uint8Array.from(jpeg)], { type: 'image/jpeg' })
  if (send === 'bytes')
    return { method: 'POST', headers: { 'content-type': 'image/jpeg', ...headers }, body: image }
  const form = new FormData()
  form.set(send.form, image, 'image.jpg')
  return { method: 'POST', headers, body: form }
}

async function uploaded(
  name: string,
  upload: NonNullable<ImageHooks['upload']>,
  jpeg: Uint8Array,
  signal: AbortSignal,
): Promise<string> {
  try {
    return await upload(jpeg, signal)
  } catch (cause) {
    signal.throwIfAborted()
    throw new ServiceError(`${name}: the image could not be uploaded`, { transient: true, cause })
  }
}

async function shown(
  { thumbnail: address, id, title, licence, link = null, score }: SearchHit,
  asked: { service: string; origin: string; signal: AbortSignal },
): Promise<ImageHit> {
  const thumbnail = address ? await thumbnailAt(address, asked) : null
  return { id, title, licence, link, score, thumbnail }
}
