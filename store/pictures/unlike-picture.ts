import { fileTypeFromBuffer } from 'file-type'
import { ImageError } from '../errors.ts'

const fetchIt = 'fetch the picture itself'

/** Texts that stand where a picture should, by how they begin. */
const texts: [begins: RegExp, is: string, cure: string][] = [
  [/^version https:\/\/git-lfs/, 'a pointer of Git LFS', 'run `git lfs pull` where it lies'],
  [/^[/.]*(\.git\/)?annex\/objects\//, 'a pointer of git-annex', 'run `git annex get` for it'],
  [/^\s*(data:image\/|iVBORw0KGgo|\/9j\/|R0lGOD|UklGR)/, 'base64', 'decode it'],
  [/^\s*(<!--.*?-->\s*)?<(!doctype html|html|head|body|title|script|meta)\b/is, 'a web page', fetchIt],
  [/^\s*<(?!.*<svg\b|svg\b)[?!a-z]/is, 'XML', fetchIt],
  [/^\s*[[{]/, 'JSON', fetchIt],
  [/^(?!\s*<)([^\p{Cc}\ufffd]|[\t\r\n])+$/u, 'text', fetchIt],
]

const taken = /^(png|apng|jpg|webp|gif)$/
const takenInPart = /^(tif|avif)$/
const packed = /^(gz|zip|bz2|xz|zst|7z|rar|tar|lz4|br|lz|Z)$/
const drawings = /^(pdf|ps|eps|ai)$/

/** What bytes are that cannot be decoded for this reason, and a cure; undefined where they may be a damaged picture. */
export async function unlikePicture(bytes: Uint8Array, why: string): Promise<ImageError | undefined> {
  const found = await fileTypeFromBuffer(bytes).catch(() => undefined)
  if (!found || found.ext === 'xml') return unlikeText(bytes)
  const { ext, mime } = found
  const name = ext.toUpperCase()
  if (taken.test(ext)) return undefined
  if (packed.test(ext)) return new ImageError(`it is packed (${name})`, 'unpack it')
  if (!mime.startsWith('image/') && !drawings.test(ext))
    return new ImageError(`it is ${name} (${mime}), not a picture`, fetchIt)
  const how = `convert it to PNG or JPEG, as by \`magick a.${ext} a.png\`,`
  return new ImageError(
    takenInPart.test(ext) ? `it cannot be decoded (${why})` : `it is ${name}, which is not taken`,
    how,
  )
}

function unlikeText(bytes: Uint8Array): ImageError | undefined {
  const head = new TextDecoder().decode(bytes.subarray(0, 1000), { stream: true })
  const [, is, cure] = texts.find(([begins]) => begins.test(head)) ?? []
  return is === undefined ? undefined : new ImageError(`it is ${is}, not a picture`, cure)
}
