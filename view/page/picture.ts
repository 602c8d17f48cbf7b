import { useEffect, useRef, useState } from 'preact/hooks'
import { html } from './html.ts'
import { pictureSize } from './picture-size.ts'

interface PictureOptions {
  bytes: Uint8Array<ArrayBuffer> | null
  /** For who does not see it. */
  title: string
  /** Pixels of the page that it may be wide. */
  width: number
}

/** Pixels that are unpacked at most: a small file may hold a picture that fills the memory. */
const most = 100_000_000

/**
 * A picture on a canvas: an image element would keep the memory of each picture that was ever shown. Its kind is told
 * by its first bytes.
 */
export function PictureCanvas({ bytes, title, width }: PictureOptions) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [problem, setProblem] = useState('')
  useEffect(() => {
    let gone = false
    setProblem('')
    drawn(bytes, width, bitmap => {
      if (!gone && canvas.current) put(bitmap, canvas.current)
    }).catch(error => gone || setProblem(error.message))
    return () => {
      gone = true
    }
  }, [bytes, width])
  return problem
    ? html`<p class="missing">${title}: ${problem}</p>`
    : html`<canvas ref=${canvas} role="img" aria-label=${title} />`
}

async function drawn(
  bytes: Uint8Array<ArrayBuffer> | null,
  width: number,
  show: (bitmap: ImageBitmap) => void,
): Promise<void> {
  if (!bytes) throw new Error('the picture is not in this export')
  const size = pictureSize(bytes)
  if (!size) throw new Error('no PNG, JPEG, WebP or GIF')
  if (size.width * size.height > most)
    throw new Error(`${size.width} × ${size.height} pixels are too many to show`)
  const pixels = Math.min(size.width, Math.ceil(width * devicePixelRatio))
  const bitmap = await createImageBitmap(new Blob([bytes], { type: size.mime }), {
    resizeWidth: Math.max(1, pixels),
    resizeQuality: 'medium',
  }).catch(() => {
    throw new Error('the picture is damaged')
  })
  show(bitmap)
  bitmap.close()
}

function put(bitmap: ImageBitmap, canvas: HTMLCanvasElement): void {
  canvas.width = bitmap.width
  canvas.height = bitmap.height
  canvas.style.width = `${bitmap.width / devicePixelRatio}px`
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0)
}
