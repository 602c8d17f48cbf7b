import { signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { html } from './html.ts'
import type { OpenPicture } from './open-row.ts'
import { pictureSize } from './picture-size.ts'

/** A region of a picture, in its pixels. */
export interface PictureBox {
  left: number
  top: number
  right: number
  bottom: number
}

interface PictureOptions {
  picture: OpenPicture
  /** Drawn on it. */
  boxes?: readonly PictureBox[]
  /** Pixels of the page that it may be wide. */
  width: number
}

/** Pixels that are unpacked at most: a small file may hold a picture that fills the memory. */
const most = 100_000_000

/** The picture that is shown large. */
const large = signal<Omit<PictureOptions, 'width'> | null>(null)

export const imageName = ({ n, role }: OpenPicture): string =>
  `image_${n + 1}, ${{ question: 'of the question', search: 'found' }[role] ?? 'drawn'}`

/** A picture with the boxes on it, and larger when it is clicked. */
export function ShownImage({ picture, boxes = [], width }: PictureOptions) {
  const boxed = boxes.length > 0 ? ', with the region that was cropped' : ''
  return html`<button type="button" class="picture" aria-label=${`${imageName(picture)}${boxed}, larger`}
    onClick=${() => {
      large.value = { picture, boxes }
    }}><${Drawn} picture=${picture} boxes=${boxes} width=${width} /><span class="caption">${`image_${picture.n + 1}`}</span></button>`
}

/** The picture that was clicked, as large as the window lets it be. */
export function LargePicture() {
  const shown = large.value
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [shown])
  if (!shown) return null
  const close = () => {
    large.value = null
  }
  return html`<dialog class="large" ref=${dialog} onClose=${close} onClick=${close} aria-label=${imageName(shown.picture)}>
    <form method="dialog"><button>Close</button></form>
    <${Drawn} ...${shown} width=${innerWidth - 60} />
  </dialog>`
}

/**
 * On a canvas: an image element would keep the memory of each picture that was ever shown. What kind it is says its
 * first bytes.
 */
function Drawn({ picture, boxes = [], width }: PictureOptions) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [problem, setProblem] = useState('')
  useEffect(() => {
    let gone = false
    setProblem('')
    bitmapOf(picture.bytes, width).then(
      bitmap => {
        if (!gone && canvas.current) put(bitmap, canvas.current)
        bitmap.close()
      },
      error => gone || setProblem(error.message),
    )
    return () => {
      gone = true
    }
  }, [picture, width])
  if (problem) return html`<span class="missing">${imageName(picture)}: ${problem}</span>`
  return html`<span class="drawn"><canvas ref=${canvas} role="img" aria-label=${imageName(picture)}
      data-n=${picture.n} data-width=${picture.width} data-height=${picture.height} />
    ${boxes.length > 0 && html`<${Boxes} picture=${picture} boxes=${boxes} />`}</span>`
}

function Boxes({
  picture: { width, height },
  boxes,
}: {
  picture: OpenPicture
  boxes: readonly PictureBox[]
}) {
  return html`<svg viewBox=${`0 0 ${width ?? 1} ${height ?? 1}`} preserveAspectRatio="none" aria-hidden="true">
    ${boxes.map(({ left, top, right, bottom }) =>
      ['under', 'over'].map(
        line => html`<rect class=${line} x=${left} y=${top} width=${Math.max(0, right - left)}
          height=${Math.max(0, bottom - top)} />`,
      ),
    )}
  </svg>`
}

async function bitmapOf(bytes: Uint8Array<ArrayBuffer> | null, width: number): Promise<ImageBitmap> {
  if (!bytes) throw new Error('its bytes are not in this export')
  const size = pictureSize(bytes)
  if (!size) throw new Error('it is no PNG, JPEG, WebP or GIF')
  if (size.width * size.height > most)
    throw new Error(`${size.width} × ${size.height} pixels are too many to show`)
  const pixels = Math.min(size.width, Math.ceil(width * devicePixelRatio))
  return createImageBitmap(new Blob([bytes], { type: size.mime }), {
    resizeWidth: Math.max(1, pixels),
    resizeQuality: 'medium',
  }).catch(() => {
    throw new Error('it is damaged')
  })
}

function put(bitmap: ImageBitmap, canvas: HTMLCanvasElement): void {
  canvas.width = bitmap.width
  canvas.height = bitmap.height
  canvas.style.width = `${bitmap.width / devicePixelRatio}px`
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0)
}
