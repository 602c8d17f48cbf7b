import { visible } from '../../words/visible.ts'
import { counted, inDollars } from './amounts.ts'
import { html } from './html.ts'
import { type OpenCall, type OpenPicture, type OpenRow, type OpenTurn, parsed } from './open-row.ts'
import type { Line } from './parquet.ts'
import { type PictureBox, ShownImage } from './picture.ts'
import { numberFrom, textFrom } from './row-line.ts'

/** Pixels of the page that pictures are wide. */
const [shownWidth, croppedWidth] = [420, 280]

/** What was asked, thought, called, seen and answered, in its order. */
export function Conversation({ opened }: { opened: OpenRow }) {
  const { question, system, turns, pictures, row } = opened
  return html`<h3>Question</h3>
    ${system !== null && html`<details><summary>Instructions</summary><p class="said" dir="auto">${visible(system)}</p></details>`}
    <${Said} text=${question} pictures=${pictures.filter(({ turn }) => turn === null)} />
    ${turns.map(turn => html`<${TurnSaid} key=${turn.turn} turn=${turn} pictures=${pictures} />`)}
    <h3>Answer</h3>
    <dl>
      <dt>by the teacher</dt><dd dir="auto">${visible(row.teacher_answer ?? `none: ${row.outcome ?? 'unknown'}`)}</dd>
      <dt>of the task</dt><dd dir="auto">${visible(row.answer ?? 'unknown')}</dd>
    </dl>`
}

function TurnSaid({
  turn: { turn, text, calls, reminder, line },
  pictures,
}: {
  turn: OpenTurn
  pictures: readonly OpenPicture[]
}) {
  const thought = textFrom(line.reasoning)
  return html`<div class="turn">
    <h3>Turn ${turn} <small>${spent(line)}</small></h3>
    ${thought && html`<details open><summary>Thought</summary><blockquote dir="auto">${visible(thought)}</blockquote></details>`}
    ${text.trim() && html`<p class="said" dir="auto">${visible(text.trim())}</p>`}
    ${calls.map((call, index) => html`<${CallMade} call=${call} all=${pictures} own=${pictures.filter(each => each.turn === turn && each.call === index + 1)} />`)}
    ${reminder !== null && html`<p class="reminder" dir="auto"><strong>Reminded:</strong> ${visible(reminder)}</p>`}
  </div>`
}

/** What a reply took, in few words. */
function spent(line: Line): string {
  const tokens = [numberFrom(line.input_tokens), numberFrom(line.output_tokens)]
  const cost = numberFrom(line.cost_usd)
  const stop = textFrom(line.stop)
  return [
    tokens.every(each => each !== null) && `${tokens[0]} tokens in, ${tokens[1]} out`,
    cost !== null && inDollars(cost),
    stop !== null && !['end', 'calls'].includes(stop) && `ended by ${stop}`,
  ]
    .filter(Boolean)
    .join(' · ')
}

interface CallOptions {
  call: OpenCall
  /** Pictures of the row, and those that this call showed. */
  all: readonly OpenPicture[]
  own: readonly OpenPicture[]
}

function CallMade({ call, all, own }: CallOptions) {
  const { line, output } = call
  const mistake = textFrom(line.mistake)
  const wrong = [mistake, textFrom(line.error_name)].filter(Boolean).join(', ')
  return html`<div class="call">
    <h4>${visible(call.name)} ${wrong && html`<strong>✗ ${visible(wrong)}</strong>`}
      ${line.reproducible === false && html` <small>not reproducible</small>`}</h4>
    <pre tabindex="0" aria-label="Arguments">${visible(shownArguments(call.arguments))}</pre>
    <${Cropped} line=${line} pictures=${all} />
    ${output === null ? html`<p class="missing">It was not made.</p>` : html`<${Said} text=${output} pictures=${own} />`}
  </div>`
}

/** Code reads better than the JSON that it came in. */
function shownArguments(text: string): string {
  const given = parsed(text)
  return typeof given?.code === 'string' && Object.keys(given).length === 1 ? given.code : text
}

/** Where on which picture a call cropped. */
function Cropped({ line, pictures }: { line: Line; pictures: readonly OpenPicture[] }) {
  const boxes = Array.isArray(line.boxes) ? line.boxes : []
  const known = boxes.flatMap(box => boxOf(box) ?? [])
  const unknown = boxes.length - known.length
  const byPicture = [...Map.groupBy(known, ({ image }) => image)]
  return html`${byPicture.map(([image, all]) => {
    const picture = pictures.find(({ n }) => n === image)
    return (
      picture &&
      html`<figure><${ShownImage} picture=${picture} boxes=${all} width=${croppedWidth} />
        <figcaption>${all.map(({ left, top, right, bottom }) => `image_${image + 1} (${left}, ${top}) to (${right}, ${bottom})`).join('; ')}</figcaption></figure>`
    )
  })}
    ${unknown > 0 && html`<p class="missing">${counted(unknown, known.length > 0 ? 'more region' : 'region')} cropped; where is unknown: the code calculated it, and did not show it as it is.</p>`}`
}

function boxOf(value: Line | null): (PictureBox & { image: number }) | undefined {
  const [image, left, top, right, bottom] = ['image', 'left', 'top', 'right', 'bottom'].map(name =>
    numberFrom(value?.[name]),
  )
  if (image == null || left == null || top == null || right == null || bottom == null) return undefined
  return { image, left, top, right, bottom }
}

/** A text with its pictures where they stand in it; those that have no place come behind. */
function Said({ text, pictures }: { text: string; pictures: readonly OpenPicture[] }) {
  const texts = text.split('<image>')
  const inText = texts.length - 1
  return html`<div class="said">
    ${texts.map((each, index) => [
      each.trim() && html`<p dir="auto">${visible(each.trim())}</p>`,
      index < inText &&
        pictures[index] &&
        html`<${ShownImage} picture=${pictures[index]} width=${shownWidth} />`,
    ])}
    ${pictures.slice(inText).map(picture => html`<${ShownImage} picture=${picture} width=${shownWidth} />`)}
  </div>`
}
