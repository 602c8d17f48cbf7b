import sharp, { type Metadata, type Sharp } from 'sharp'

/** How a picture lies. */
export interface Lie {
  /** From 1 (upright) to 8, as EXIF counts it. */
  orientation: number
  /** Whether any metadata say that it is not upright, so that some reader may turn it, or are not what readers take. */
  isDoubted: boolean
}

/**
 * How a picture lies, wherever that is written: in its own EXIF, in the profiles that ImageMagick puts into texts of a
 * PNG, or in XMP. The first counts, as it does for Pillow.
 */
export async function lieOf(bytes: Uint8Array, header: Metadata): Promise<Lie> {
  const profiles = (header.comments ?? []).flatMap(rawProfile)
  const exif = [header.orientation, ...(await Promise.all(profiles.map(inExif)))]
  const xmp = [...xmpOf(bytes, header), ...profiles].map(inXmp)
  const said = [...exif, ...xmp].filter(found => found !== undefined && found >= 1 && found <= 8)
  const isSound = [...(header.exif ? [header.exif] : []), ...profiles.filter(isNoXmp)].every(isExif)
  return { orientation: said[0] ?? 1, isDoubted: !isSound || said.some(found => found !== 1) }
}

/** Set a picture upright. Half of the orientations are turns of its mirror image, which sharp makes first. */
export function upright(picture: Sharp, orientation: number): Sharp {
  const turned = picture.rotate([0, 0, 0, 180, 180, 270, 90, 90, 270][orientation] ?? 0)
  return [2, 4, 5, 7].includes(orientation) ? turned.flop() : turned
}

/** A name, a length and hexadecimal digits, a line each; nothing is in it where others stand there. */
function rawProfile({ keyword, text }: { keyword: string; text: string }): Buffer[] {
  if (!/^Raw profile type (exif|app1|xmp)$/i.test(keyword)) return []
  const digits = text.split('\n').slice(3).join('')
  return [Buffer.from(/^[\da-f\s]*$/i.test(digits) ? digits : '', 'hex')]
}

const isNoXmp = (profile: Buffer) => !/^(http:|<)/.test(profile.toString('latin1', 0, 5))

/** Pillow refuses EXIF that does not begin so. */
export const isExif = (exif: Buffer): boolean =>
  /^(Exif\0\0)?((II|MM)(\*\0|\0\*)|II\+\0|MM\0\+|$)/.test(exif.toString('latin1', 0, 10)) && exif.length > 0

/** EXIF is read where sharp reads it: in a JPEG. */
async function inExif(profile: Buffer): Promise<number | undefined> {
  const begins = /^(Exif\0\0|II|MM)/.exec(profile.toString('latin1', 0, 6))?.[0]
  if (!begins || profile.length > 65_000) return undefined
  const exif = begins.length > 2 ? profile : Buffer.concat([Buffer.from('Exif\0\0'), profile])
  const segment = Buffer.from([0xff, 0xe1, (exif.length + 2) >> 8, (exif.length + 2) & 0xff])
  const dot = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'white' } })
    .jpeg()
    .toBuffer()
  const jpeg = Buffer.concat([dot.subarray(0, 2), segment, exif, dot.subarray(2)])
  return (await sharp(jpeg).metadata()).orientation
}

/** libvips reads no XMP of a GIF, and has turned an AVIF that says in its own way how it lies. */
function xmpOf(bytes: Uint8Array, { format, xmp }: Metadata): Uint8Array[] {
  if (format === 'gif') return [bytes]
  const isTurned = format === 'heif' && ['irot', 'imir'].some(box => Buffer.from(bytes).includes(box))
  return xmp && !isTurned ? [xmp] : []
}

function inXmp(xmp: Uint8Array): number | undefined {
  const found = /tiff:Orientation(?:\s*=\s*["']|>\s*)([1-8])/.exec(Buffer.from(xmp).toString('latin1'))
  return found ? Number(found[1]) : undefined
}
