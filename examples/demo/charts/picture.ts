import * as vega from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { Random } from '../random.ts'
import { fontFamily, renderPng } from '../render.ts'
import type { Table } from './table.ts'

const palettes = [
  ['#4c78a8', '#f58518', '#54a24b'],
  ['#1b9e77', '#d95f02', '#7570b3'],
  ['#e15759', '#4e79a7', '#f28e2b'],
  ['#8c564b', '#17a2b8', '#e377c2'],
]

type Layout = 'vertical' | 'horizontal' | 'lines'

/** A table as a chart: PNG bytes, at most 700 pixels wide and high. */
export async function drawChart(table: Table, chance: Random): Promise<Uint8Array> {
  const spec = chartSpec(table, chance)
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' })
  const svg = await view.toSVG()
  view.finalize()
  return renderPng(svg)
}

function chartSpec(table: Table, chance: Random): TopLevelSpec {
  const grouped = table.rows.some(row => row.series)
  const layout = layoutOf(table, grouped, chance)
  const labels = new Set(table.rows.map(row => row.label))
  const step = grouped && layout !== 'lines' ? chance.integer(48, 60) : chance.integer(26, 40)
  const along = Math.min(420, Math.max(200, labels.size * step))
  const across = chance.integer(220, 300)
  const turned = along / labels.size < 7.5 * Math.max(...[...labels].map(label => label.length))
  const [width, height] = layout === 'horizontal' ? [across + 40, along] : [along, across]
  return {
    width,
    height,
    data: { values: table.rows },
    mark: layout === 'lines' ? { type: 'line', point: { size: chance.integer(50, 80) } } : 'bar',
    encoding: {
      ...positions(table, layout, turned),
      ...colouring(table, grouped, layout, chance.pick(palettes)),
    },
    ...(chance.next() < 0.7 ? { title: table.title } : {}),
    config: style(chance),
  } as TopLevelSpec
}

function layoutOf(table: Table, grouped: boolean, chance: Random): Layout {
  if (table.form === 'lines') return 'lines'
  return grouped || chance.next() < 0.5 ? 'vertical' : 'horizontal'
}

function positions(table: Table, layout: Layout, turned: boolean) {
  const labelAngle = turned && layout !== 'horizontal' ? -90 : 0
  const labels = { field: 'label', type: 'ordinal', sort: null, title: null }
  const category = { ...labels, axis: { labelAngle, labelOverlap: false, labelLimit: 400 } }
  const zero = layout !== 'lines'
  const room = layout === 'horizontal' ? { tickCount: 4 } : {}
  const value = {
    field: 'value',
    type: 'quantitative',
    title: table.axis,
    scale: { zero },
    axis: { labelFlush: false, ...room },
  }
  return layout === 'horizontal' ? { y: category, x: value } : { x: category, y: value }
}

function colouring(table: Table, grouped: boolean, layout: Layout, palette: readonly string[]) {
  if (!grouped) return { color: { value: palette[0] } }
  const names = [...new Set(table.rows.map(row => row.series))]
  const range = palette.slice(0, names.length)
  const color = { field: 'series', type: 'nominal', title: null, scale: { domain: names, range } }
  return layout === 'lines' ? { color } : { color, xOffset: { field: 'series', sort: names } }
}

function style(chance: Random) {
  const labelFontSize = chance.integer(11, 13)
  return {
    font: fontFamily,
    padding: 12,
    axis: { labelFontSize, titleFontSize: 12, titlePadding: 14, labelPadding: 4, tickSize: 5 },
    axisQuantitative: { grid: chance.next() < 0.75, tickCount: chance.integer(5, 8) },
    legend: { labelFontSize, symbolType: 'square' },
    title: { fontSize: 14, offset: 12 },
  }
}
