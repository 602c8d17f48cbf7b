export interface PictureSize {
  mime: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'
  /** Pixels. */
  width: number
  height: number
}

/**
 * Kind and size of a picture from its first bytes; undefined where it is of no kind that is shown. Sources: PNG
 * (w3.org/TR/png-3, 11.2.1), GIF89a (18), JPEG (ITU-T T.81, B.2.2), WebP (RFC 9649, 2.5 to 2.7).
 */
export function pictureSize(bytes: Uint8Array): PictureSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    if (starts(bytes, '\x89PNG\r\n\x1a\n'))
      return { mime: 'image/png', width: view.getUint32(16), height: view.getUint32(20) }
    if (starts(bytes, 'GIF8'))
      return { mime: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) }
    if (starts(bytes, '\xff\xd8\xff')) return jpegSize(view)
    if (starts(bytes, 'RIFF') && starts(bytes.subarray(8), 'WEBPVP8')) return webpSize(view)
  } catch {
    // It ends before it says its size.
  }
  return undefined
}

const starts = (bytes: Uint8Array, text: string): boolean =>
  [...text].every((char, index) => bytes[index] === char.charCodeAt(0))

/** Segment by segment up to a start of frame. */
function jpegSize(view: DataView): PictureSize | undefined {
  for (let at = 2; view.getUint8(at) === 0xff; ) {
    const marker = view.getUint8(at + 1)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { mime: 'image/jpeg', height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2)
  }
  return undefined
}

function webpSize(view: DataView): PictureSize {
  const sized = (width: number, height: number): PictureSize => ({ mime: 'image/webp', width, height })
  const kind = String.fromCharCode(view.getUint8(15))
  if (kind === ' ') return sized(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff)
  if (kind === 'L') {
    const bits = view.getUint32(21, true)
    return sized((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1)
  }
  const whole = (at: number) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16) + 1
  return sized(whole(24), whole(27))
}
