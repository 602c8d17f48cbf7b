import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Chart, Figure } from '../../charts/chart.ts'
import { PageProblem } from './folder.ts'
import { html } from './html.ts'
import type { Line } from './parquet.ts'
import type { PlotParts } from './plots-script.ts'
import { found, labels, reader, sentenceOf } from './state.ts'

/** Charts of the rows that are listed. */
interface Plotted {
  parts: PlotParts
  rows: number
  figures: (readonly [Chart, Figure])[]
}

/** `null` while they are closed. */
const plotted = signal<Plotted | 'reading' | { problem: string } | null>(null)

export async function openPlots(): Promise<void> {
  plotted.value = 'reading'
  try {
    plotted.value = await plotsOf(await partsLoaded())
  } catch (error) {
    plotted.value = { problem: sentenceOf(error) }
  }
}

/** Tables are read anew each time: they are held no longer than they are counted. */
async function plotsOf(parts: PlotParts): Promise<Plotted> {
  const { allCharts, toldIn } = parts
  const chosen = new Set(found.value.rows.map(({ key }) => key))
  const counting = allCharts.map(chart => [chart, chart.count()] as const)
  const [rows, turns, calls] = (['rows', 'turns', 'calls'] as const).map(name => linesOf(name, parts))
  if (rows && turns && calls)
    for await (const told of toldIn({ rows, turns, calls }, key => labels.value.get(key) ?? null))
      if (chosen.has(told.row.key)) for (const [, each] of counting) each.add(told)
  return { parts, rows: chosen.size, figures: counting.map(([chart, each]) => [chart, each.figure()]) }
}

async function* linesOf(
  name: keyof PlotParts['toldColumns'],
  { toldColumns }: PlotParts,
): AsyncGenerator<Line> {
  const table = await reader.value?.table(name)
  for (const { start, end } of table?.groups ?? [])
    yield* (await table?.read(start, end, toldColumns[name])) ?? []
}

let loading: Promise<PlotParts> | undefined

function partsLoaded(): Promise<PlotParts> {
  loading ??= new Promise<PlotParts>((resolve, reject) => {
    const script = document.createElement('script')
    script.onload = () => resolve((globalThis as unknown as { kindlingPlots: PlotParts }).kindlingPlots)
    script.onerror = () => reject(new PageProblem('plots.js is not beside this page; copy the whole folder.'))
    script.src = scriptAddress('plots.js')
    document.head.append(script)
  })
  loading.catch(() => {
    loading = undefined
  })
  return loading
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(address: string): string },
  ): { createScriptURL(address: string): string }
}

/** Where a browser asks who made the address of a script, it was made here, and is this one. */
const scriptAddress: (name: string) => string = (() => {
  const own = (address: string) => {
    if (address !== 'plots.js') throw new TypeError(`${address} is no script of this page`)
    return address
  }
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
  const policy = trustedTypes?.createPolicy('kindling', { createScriptURL: own })
  return name => policy?.createScriptURL(name) ?? own(name)
})()

export function Plots() {
  const dialog = useRef<HTMLDialogElement>(null)
  const now = plotted.value
  const isOpen = now !== null
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
  }, [isOpen])
  if (now === null) return null
  const close = () => {
    plotted.value = null
  }
  const title = now !== 'reading' && 'rows' in now ? `Plots of ${now.rows} rows` : 'Plots'
  return html`<dialog class="plots" ref=${dialog} onClose=${close} aria-label="Plots">
    <header><h2>${title}</h2><form method="dialog"><button>Close</button></form></header>
    ${content(now)}
  </dialog>`
}

function content(now: NonNullable<typeof plotted.value>) {
  if (now === 'reading') return html`<p role="status">Tables are read …</p>`
  if ('problem' in now) return html`<p class="problem" role="alert">${now.problem}</p>`
  return now.figures.map(
    ([chart, figure]) => html`<section key=${chart.name}>
      <h3>${chart.title}</h3>
      <p>${chart.about}</p>
      <div class="plot">
        ${figure.nothing === null ? html`<${Drawn} chart=${chart} figure=${figure} />` : html`<p class="missing">${figure.nothing}</p>`}
        ${figure.lines.length > 0 && numbers(chart, figure, now.parts)}
      </div>
    </section>`,
  )
}

/** As wide as there is room for when it is opened. */
function Drawn({ chart, figure }: { chart: Chart; figure: Figure }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const width = Math.max(280, Math.min(580, place.current?.clientWidth ?? 0))
    place.current?.replaceChildren(figure.draw({ document, width, id: chart.name }))
  }, [figure])
  return html`<div ref=${place}></div>`
}

function numbers(chart: Chart, { lines }: Figure, { chartCells, headsOf, isNumber }: PlotParts) {
  const forms = Object.values(chart.columns)
  const look = (index: number) => (isNumber(forms[index]) ? 'n' : '')
  return html`<div class="numbers" role="region" tabindex="0" aria-label="${chart.title}, in numbers"><table>
    <thead><tr>${headsOf(chart).map((head, index) => html`<th scope="col" class=${look(index)}>${head}</th>`)}</tr></thead>
    <tbody>${lines.map(
      line =>
        html`<tr>${chartCells(chart, line).map((cell, index) => html`<td class=${look(index)}>${cell}</td>`)}</tr>`,
    )}</tbody>
  </table></div>`
}
