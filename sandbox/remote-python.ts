import Type, { type Static } from 'typebox'
import { isObject, parseJson } from '../schemas/json.ts'
import { closed, httpAddress } from '../schemas/options.ts'
import { type CellImage, type CellResult, Limits, type OpenOptions, SandboxError } from './sandbox.ts'

export const RemoteOptions = closed({
  url: httpAddress,
  /** Time, output and images hold here; memory and processes are the server's to bound. */
  limits: Type.Optional(Type.Partial(Limits)),
})
export type RemoteOptions = Static<typeof RemoteOptions>

/** Posts JSON and gives JSON. Rejects with SandboxError for everything that is not a 200 with an object. */
export async function postJson(
  url: string,
  body: object,
  timeoutMs: number,
): Promise<Record<string, unknown>> {
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  }
  const response = await fetch(url, request).catch((error: Error) => {
    throw new SandboxError(`the sandbox at ${url} cannot be reached: ${error.cause ?? error.message}`)
  })
  const text = await response.text()
  if (!response.ok)
    throw new SandboxError(`the sandbox at ${url} answered ${response.status}: ${text.slice(0, 200)}`)
  return parse(url, text)
}

function parse(url: string, text: string): Record<string, unknown> {
  const value = parseJson(text)
  if (isObject(value)) return value
  throw new SandboxError(`the sandbox at ${url} answered something else: ${text.slice(0, 200)}`)
}

/** Python that seeds what a remote kernel has. */
export const seeding = (seed: number): string =>
  `import random as _random; _random.seed(${seed})
try:
    import numpy as _numpy; _numpy.random.seed(${seed})
except ImportError: pass
`

export const asText = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The bytes of an image, with or without the head of a data URL; null for what is none. */
export function decodedImage(value: unknown): Uint8Array | null {
  const [, base64] = /^(?:data:image\/[\w+.-]+;base64,)?([\w+/=\s-]+)$/.exec(asText(value)) ?? []
  return base64 ? Buffer.from(base64, 'base64') : null
}

/** Takes colours and cursor movements out, which notebooks put into tracebacks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
export const withoutEscapes = (text: string): string => text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '')

/** What a remote cell gave, brought under the limits that hold here. */
export function remoteResult(
  cell: Pick<CellResult, 'status' | 'stdout' | 'stderr' | 'result' | 'error' | 'wallMs' | 'alive'>,
  images: CellImage[],
  limits: Limits,
): CellResult {
  const [stdout, stderr] = [cut(cell.stdout, limits.outputBytes), cut(cell.stderr, limits.outputBytes)]
  return {
    ...cell,
    stdout,
    stderr,
    truncated: stdout !== cell.stdout || stderr !== cell.stderr,
    images: images.slice(0, limits.images),
    droppedImages: Math.max(0, images.length - limits.images),
    leftover: { threads: 0, processes: 0 },
  }
}

/** The first bytes of a text, without half a character at the end. */
function cut(text: string, bytes: number): string {
  const encoded = Buffer.from(text)
  return encoded.length <= bytes
    ? text
    : new TextDecoder().decode(encoded.subarray(0, bytes), { stream: true })
}

/** Lays in the files and runs the prelude, as one cell that needs no folder of its own. */
export const inlinePrelude = ({ files, prelude, seed }: OpenOptions): string => `${seeding(seed)}
import base64 as _base64, io as _io
_given = {${Object.entries(files)
  .map(
    ([name, bytes]) =>
      `${JSON.stringify(name)}: _base64.b64decode("${Buffer.from(bytes).toString('base64')}")`,
  )
  .join(', ')}}
try:
    import PIL.Image as _pillow
    _opened = _pillow.open
    _pillow.open = lambda file, *a, **k: _opened(_io.BytesIO(_given[file]) if isinstance(file, str) and file in _given else file, *a, **k)
except ImportError: _pillow = None
try:
    exec(${JSON.stringify(prelude)}, globals())
finally:
    if _pillow: _pillow.open = _opened
    _given = _pillow = _opened = None
`
