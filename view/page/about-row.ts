import type { ComponentChildren } from 'preact'
import { visible } from '../../words/visible.ts'
import { inDollars } from './amounts.ts'
import { html } from './html.ts'
import { type OpenRow, parsed } from './open-row.ts'
import type { Line } from './parquet.ts'
import { numberFrom, textFrom } from './row-line.ts'

/** What was measured of a row, where it is from and what it cost. */
export function AboutRow({ opened }: { opened: OpenRow }) {
  const { facts, line, provenance } = opened
  const order = ['✗', '?', '✓']
  const sorted = facts.toSorted((a, b) => order.indexOf(stateOf(a)) - order.indexOf(stateOf(b)))
  return html`<h3>Checks</h3>
    <table class="facts"><tbody>${sorted.map(fact => html`<${FactLine} fact=${fact} />`)}</tbody></table>
    ${facts.length === 0 && html`<p class="missing">Nothing was measured.</p>`}
    <h3>Cost</h3><${Listed} entries=${costOf(line)} />
    <h3>Where it is from</h3><${Listed} entries=${originOf(opened)} />
    ${json('meta of the task', textFrom(line.meta))}${json('What made it', provenance)}`
}

type State = '✓' | '✗' | '?'

const stateOf = (fact: Line): State => (fact.could_not_tell === true ? '?' : fact.passed === true ? '✓' : '✗')
const stateWords = { '✓': 'pass', '✗': 'fail', '?': 'could not tell' }

function FactLine({ fact }: { fact: Line }) {
  const state = stateOf(fact)
  const said = [textFrom(fact.reason), textFrom(fact.detail)].filter(Boolean).join(': ')
  const data = textFrom(fact.data)
  return html`<tr class=${stateWords[state].replaceAll(' ', '-')}>
    <td class="state">${state} ${stateWords[state]}</td>
    <th scope="row">${visible(textFrom(fact.check) ?? '')}</th>
    <td dir="auto">${visible(said)}${json('numbers', data)}</td>
  </tr>`
}

type Entry = readonly [name: string, value: ComponentChildren]

/** What has no value is left out. */
const Listed = ({ entries }: { entries: readonly Entry[] }) =>
  html`<dl>${entries.map(([name, value]) => value !== null && value !== '' && html`<dt>${name}</dt><dd dir="auto">${typeof value === 'string' ? visible(value) : value}</dd>`)}</dl>`

function costOf(line: Line): Entry[] {
  const cost = numberFrom(line.cost_usd)
  const tokens = ['input', 'output', 'cached', 'reasoning', 'cache_write'].flatMap(kind => {
    const count = numberFrom(line[`${kind}_tokens`])
    return count ? [`${count.toLocaleString('en')} ${kind.replace('_', ' ')}`] : []
  })
  return [
    ['replies', cost === null ? 'no price' : inDollars(cost)],
    ['tokens', tokens.join(', ')],
  ]
}

function originOf({ row, line }: OpenRow): Entry[] {
  const text = (name: string) => textFrom(line[name])
  const number = (name: string) => numberFrom(line[name])
  const file = text('source_file')
  const at = number('source_row')
  const choices = Array.isArray(line.choices) ? line.choices.filter(each => typeof each === 'string') : []
  return [
    ['source', text('source')],
    ['licence', text('licence')],
    ['address', linked(text('url'))],
    ['file', file && `${file}${at === null ? '' : `, row ${at}`}`],
    ['category', text('category')],
    ['answer type', text('answer_type')],
    ['choices', choices.join(' · ')],
    ['teacher', [text('teacher'), text('model'), `sample ${row.sample}`].filter(Boolean).join(', ')],
    [
      'solved',
      row.task_tries === null ? null : `${row.task_solved ?? '?'} of ${row.task_tries} rollouts of the task`,
    ],
    ['lies in', row.view && `${row.view}, file ${row.shard}, row ${row.shard_row}`],
    ['key', html`<${Key} value=${row.key} />`],
  ]
}

const Key = ({ value }: { value: string }) =>
  html`<code>${visible(value)}</code> <button type="button" class="small" onClick=${() => navigator.clipboard?.writeText(value)}>Copy key</button>`

/** Only what leads to the web is a link. */
function linked(address: string | null): ComponentChildren {
  const url = address === null ? null : URL.parse(address)
  if (!url || !['http:', 'https:'].includes(url.protocol)) return address
  return html`<a href=${url.href} rel="noreferrer noopener" target="_blank">${visible(address ?? '')}</a>`
}

function json(title: string, text: string | null): ComponentChildren {
  if (text === null || text === '{}') return null
  const value = parsed(text)
  return html`<details><summary>${title}</summary><pre tabindex="0" aria-label=${title}>${visible(value === undefined ? text : JSON.stringify(value, null, 2))}</pre></details>`
}
