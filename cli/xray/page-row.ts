import type { TargetRow } from '../../xray/sample.ts'
import type { Span } from '../../xray/span.ts'
import { spanTokens } from '../../xray/tokens.ts'
import type { TrainingFault } from '../../xray/training-fault.ts'
import type { XRayed } from '../../xray/xray.ts'
import { escaped } from '../html-page.ts'
import { harmless } from '../show.ts'

type Seen = NonNullable<XRayed['seen']>

/** A row as the student reads it, each piece of what was meant with its name where it begins. */
export function rowHtml({ row, faults, seen }: XRayed): string {
  const { all, trained } = spanTokens(seen?.rendering.spans ?? [])
  const tokens = all > 0 ? ` <small>${all} tokens, ${trained} of them trained</small>` : ''
  const list = faults.length > 0 ? faultList(faults) : ''
  return `<article><h2>${shown(row.id)}${tokens}</h2>${list}${seen ? readHtml(seen, row) : ''}</article>`
}

const shown = (text: string): string => escaped(harmless(text))

const faultList = (faults: readonly TrainingFault[]) =>
  `<details><summary>${faults.length === 1 ? '1 fault' : `${faults.length} faults`}</summary><ul>${faults.map(faultHtml).join('')}</ul></details>`

const faultHtml = ({ kind, turn, detail }: TrainingFault) =>
  `<li class="fault"><b>${kind}</b>${turn > 0 ? ` turn ${turn}` : ''} <span class="note">${shown(detail)}</span></li>`

function readHtml(seen: Seen, row: TargetRow): string {
  const notes = notesIn(seen)
  const spans = seen.rendering.spans.map((span, index) => spanHtml(span, notes.at(index), row))
  return `<div class="read">${spans.join('')}${notes.end}</div>`
}

/** HTML that stands within a span, before one of its characters. */
interface Note {
  place: number
  html: string
}

/** The names of pieces where they begin; those that are nowhere, before the next one that is. */
function notesIn({ located, field }: Seen) {
  const bySpan = new Map<number, Note[]>()
  let lost = ''
  for (const each of located) {
    const { kind, turn, picture, shown: text } = each.piece
    if (each.found === 'nowhere') {
      lost += `<del>lost ${kind}: ${shown(text)}</del>`
      continue
    }
    const name = picture === undefined ? `<b class="piece">${kind}${turn > 0 ? ` ${turn}` : ''}</b>` : ''
    const span = field.span[each.start] ?? 0
    const note = { place: field.place[each.start] ?? 0, html: lost + name }
    bySpan.set(span, [...(bySpan.get(span) ?? []), note])
    lost = ''
  }
  return { at: (span: number) => bySpan.get(span) ?? [], end: lost }
}

function spanHtml(span: Span, notes: readonly Note[], row: TargetRow): string {
  const before = notes.map(({ html }) => html).join('')
  if (span.kind === 'picture') return before + pictureHtml(span, row)
  const cuts = [...notes].sort((one, other) => one.place - other.place)
  const pieces = cuts.map(({ place, html }, index) => html + textHtml(span, place, cuts[index + 1]?.place))
  return textHtml(span, 0, cuts[0]?.place) + pieces.join('')
}

function textHtml({ text, trained }: Extract<Span, { kind: 'text' }>, from: number, to?: number): string {
  const said = shown(text.slice(from, to))
  return trained && said !== '' ? `<mark>${said}</mark>` : said
}

function pictureHtml(
  { picture, trained, tokens }: Extract<Span, { kind: 'picture' }>,
  row: TargetRow,
): string {
  const bytes = row.pictures[picture]
  const name = `picture ${picture + 1}`
  const source = bytes ? `data:image/${kindOf(bytes)};base64,${Buffer.from(bytes).toString('base64')}` : ''
  const caption = `${name}${tokens ? `, ${tokens} tokens` : ''}${trained ? ', trained' : ''}`
  return `<figure${trained ? ' class="trained"' : ''}><img alt="${name}" src="${source}"><figcaption>${caption}</figcaption></figure>`
}

/** By the first byte: what shards hold is PNG, JPEG, WebP or GIF. */
const kindOf = (bytes: Uint8Array): string =>
  ({ 137: 'png', 255: 'jpeg', 82: 'webp', 71: 'gif' })[bytes[0] ?? 0] ?? 'png'
