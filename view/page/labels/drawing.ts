import { signal } from '@preact/signals'
import { changeDraft } from './draft.ts'

/** Whether the next thing that is dragged over a picture is a box. */
export const isDrawing = signal(false)

interface Point {
  x: number
  y: number
}

/** Where on a picture something points, as shares of its sides. */
function shareOn(canvas: HTMLCanvasElement, { clientX, clientY }: PointerEvent): Point {
  const { left, top, width, height } = canvas.getBoundingClientRect()
  const within = (share: number) => Math.min(1, Math.max(0, share))
  return { x: within((clientX - left) / width), y: within((clientY - top) / height) }
}

/** The frame that is drawn while somebody drags. */
function frameOn(canvas: HTMLCanvasElement, from: Point): { to(point: Point): void; remove(): void } {
  const frame = document.createElement('span')
  frame.className = 'frame'
  canvas.parentElement?.append(frame)
  const percent = (share: number) => `${100 * share}%`
  return {
    to({ x, y }) {
      frame.style.left = percent(Math.min(x, from.x))
      frame.style.top = percent(Math.min(y, from.y))
      frame.style.width = percent(Math.abs(x - from.x))
      frame.style.height = percent(Math.abs(y - from.y))
    },
    remove: () => frame.remove(),
  }
}

/** A picture says its number and its size in pixels; it is shown smaller. */
function boxText({ dataset: { n, width, height } }: HTMLCanvasElement, from: Point, to: Point): string {
  const along = (side: string | undefined, a: number, b: number) =>
    [Math.min(a, b), Math.max(a, b)].map(share => Math.round(share * Number(side)))
  const [left, right] = along(width, from.x, to.x)
  const [top, bottom] = along(height, from.y, to.y)
  return [Number(n) + 1, left, top, right, bottom].join(' ')
}

/** Nothing else is pressed or moved meanwhile: a click on a picture would show it large. */
export function listenToDrawing(): void {
  addEventListener('pointerdown', event => {
    const canvas = event.target
    if (!isDrawing.value || !(canvas instanceof HTMLCanvasElement) || !canvas.dataset.width) return
    event.preventDefault()
    const from = shareOn(canvas, event)
    const frame = frameOn(canvas, from)
    const moved = (move: PointerEvent) => frame.to(shareOn(canvas, move))
    const ended = new AbortController()
    addEventListener('pointermove', moved, { signal: ended.signal })
    const end = (last: PointerEvent) => {
      ended.abort()
      frame.remove()
      if (last.type === 'pointerup') void changeDraft({ box: boxText(canvas, from, shareOn(canvas, last)) })
    }
    addEventListener('pointerup', end, { signal: ended.signal })
    addEventListener('pointercancel', end, { signal: ended.signal })
  })
  addEventListener(
    'click',
    event => {
      if (!isDrawing.value || !(event.target instanceof HTMLCanvasElement)) return
      event.preventDefault()
      event.stopPropagation()
      isDrawing.value = false
    },
    { capture: true },
  )
}
