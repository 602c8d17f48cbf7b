import { useEffect, useState } from 'preact/hooks'
import { html } from './html.ts'
import type { Key } from './keys.ts'
import { type OpenCall, type OpenPicture, type OpenRow, type OpenTurn, parsed } from './open-row.ts'
import type { Line } from './parquet.ts'
import { PictureCanvas } from './picture.ts'
import { type RowLine, textFrom } from './row-line.ts'
import { address, go, reader, rowWith, sentenceOf } from './state.ts'
import { visible } from './visible.ts'

export const rowKeys: readonly Key[] = [
  { keys: ['Escape'], does: 'back to the list', run: () => go({ key: null, beside: null }) },
]

/** A row with everything about it, as soon as it is read. */
export function OpenedRow({ row }: { row: RowLine }) {
  const [opened, setOpened] = useState<OpenRow>()
  const [problem, setProblem] = useState('')
  const from = reader.value
  useEffect(() => {
    let gone = false
    setProblem('')
    from?.open(row).then(
      found => gone || setOpened(found),
      error => gone || setProblem(sentenceOf(error)),
    )
    return () => {
      gone = true
    }
  }, [from, row])
  if (problem)
    return html`<article class="row"><p class="problem" role="alert">${visible(problem)}</p></article>`
  if (opened?.row.key !== row.key) return html`<article class="row" aria-busy="true"></article>`
  return html`<${WholeRow} opened=${opened} />`
}

function WholeRow({ opened }: { opened: OpenRow }) {
  const { row, question, turns, pictures, facts } = opened
  return html`<article class="row" aria-label=${`RowLine ${visible(row.task_id)}`}>
    <header>
      <button type="button" onClick=${() => go({ key: null })} aria-keyshortcuts="Escape">Back</button>
      <h2 dir="auto">${visible(row.task_id)}</h2>
      <p>${row.kept ? '✓ kept' : `✗ dropped by ${visible(row.stage ?? '')}: ${visible(row.reason ?? '')}`}
        ${row.detail && html` <span dir="auto">${visible(row.detail)}</span>`}</p>
    </header>
    <h3>Question</h3>
    <${Said} text=${question} pictures=${pictures.filter(({ turn }) => turn === null)} />
    ${turns.map(turn => html`<${TurnSaid} turn=${turn} pictures=${pictures} />`)}
    <h3>Answer</h3>
    <dl>
      <dt>by the teacher</dt><dd dir="auto">${visible(row.teacher_answer ?? row.outcome ?? '')}</dd>
      <dt>true</dt><dd dir="auto">${visible(row.answer ?? '')}</dd>
    </dl>
    <h3>Checks</h3>
    <ul class="facts">${facts.map(fact => html`<${FactLine} fact=${fact} />`)}</ul>
  </article>`
}

function TurnSaid({
  turn: { turn, text, calls, reminder, line },
  pictures,
}: {
  turn: OpenTurn
  pictures: readonly OpenPicture[]
}) {
  const thought = textFrom(line.reasoning)
  const own = (at: number) => pictures.filter(picture => picture.turn === turn && picture.call === at)
  return html`<section class="turn" aria-label=${`Turn ${turn}`}>
    <h3>Turn ${turn}</h3>
    ${thought && html`<blockquote dir="auto">${visible(thought)}</blockquote>`}
    <p class="said" dir="auto">${visible(text)}</p>
    ${calls.map((call, index) => html`<${CallMade} call=${call} pictures=${own(index + 1)} />`)}
    ${reminder && html`<p class="reminder" dir="auto">${visible(reminder)}</p>`}
  </section>`
}

function CallMade({ call, pictures }: { call: OpenCall; pictures: readonly OpenPicture[] }) {
  const mistake = textFrom(call.line.mistake)
  return html`<div class="call">
    <h4>${visible(call.name)}${mistake && html` <strong>✗ ${visible(mistake)}</strong>`}</h4>
    <pre tabindex="0">${visible(shownArguments(call.arguments))}</pre>
    ${call.output !== null && html`<${Said} text=${call.output} pictures=${pictures} />`}
  </div>`
}

/** Code reads better than the JSON that it came in. */
function shownArguments(text: string): string {
  const given = parsed(text)
  return typeof given?.code === 'string' && Object.keys(given).length === 1 ? given.code : text
}

/** A text with its pictures where they stand in it; those that have no place come behind. */
function Said({ text, pictures }: { text: string; pictures: readonly OpenPicture[] }) {
  const texts = text.split('<image>')
  const shown = texts.map(
    (each, index) => [each, texts.length - 1 > index ? pictures[index] : undefined] as const,
  )
  const rest = pictures.slice(texts.length - 1)
  return html`<div class="said">
    ${shown.map(([each, picture]) => html`${each.trim() && html`<p dir="auto">${visible(each.trim())}</p>`}${picture && html`<${Shown} picture=${picture} />`}`)}
    ${rest.map(picture => html`<${Shown} picture=${picture} />`)}
  </div>`
}

const Shown = ({ picture }: { picture: OpenPicture }) =>
  html`<${PictureCanvas} bytes=${picture.bytes} title=${`image_${picture.n + 1}`} width=${420} />`

function FactLine({ fact }: { fact: Line }) {
  const state = fact.could_not_tell === true ? '? could not tell' : fact.passed === true ? '✓ pass' : '✗ fail'
  const said = [textFrom(fact.reason), textFrom(fact.detail)].filter(Boolean).join(': ')
  return html`<li><span class="state">${state}</span> ${visible(textFrom(fact.check) ?? '')} <span dir="auto">${visible(said)}</span></li>`
}

/** The open row, and the one beside it. */
export function OpenRows() {
  const { key, beside } = address.value
  const open = [key, beside].flatMap(each => rowWith(each) ?? [])
  return open.map(row => html`<${OpenedRow} key=${row.key} row=${row} />`)
}
