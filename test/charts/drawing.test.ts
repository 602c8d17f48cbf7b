import { expect, test } from 'vitest'
import { allCharts } from '../../charts/all.ts'
import { licencesChart } from '../../charts/licences.ts'
import { mostSeries, seriesOf } from '../../charts/series.ts'
import { toolMixChart } from '../../charts/tool-mix.ts'
import { blank, dropped, figureOf, told } from './rollouts.ts'

const evil = `<script>alert(1)</script>"'&\u202e\u0000\ud800 ]]>${'x'.repeat(300)}`

/** Rollouts of which every text is hostile, so that every chart has something to draw. */
const hostile = [
  told({
    ...{ category: evil, teacher: evil, licence: evil, checksFailed: [evil], label: evil, tokens: [100, 1] },
    calls: [evil, `${evil}: ${evil}`],
  }),
  dropped(evil, evil, { teacher: evil }),
]

test.each(allCharts)('$name draws names as text, and nothing that is not a drawing', chart => {
  const svg = figureOf(chart, hostile).draw({ document: blank(), width: 400, id: chart.name })
  const parsed = blank()
  parsed.body.innerHTML = svg.outerHTML
  const all = [...parsed.body.querySelectorAll('*')]
  expect(all.map(({ tagName }) => tagName.toLowerCase()).filter(name => !drawingTags.includes(name))).toEqual(
    [],
  )
  expect(all.length).toBeGreaterThan(5)
  expect(
    all
      .flatMap(({ attributes }) => [...attributes].map(({ name }) => name))
      .filter(name => /^on|href|^style$/.test(name)),
  ).toEqual([])
  expect(svg.outerHTML).not.toMatch(/[\p{Cc}\p{Cs}\u202e]/u)
  expect(svg.getAttribute('aria-label')).toBe(chart.title)
  expect(svg.getAttribute('role')).toBe('img')
})

const drawingTags = ['svg', 'g', 'defs', 'pattern', 'rect', 'path', 'line', 'text', 'title']

test('a hostile name is cut and its hidden characters are seen', () => {
  const svg = figureOf(licencesChart, hostile).draw({ document: blank(), width: 800, id: 'a' })
  expect(svg.outerHTML).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(svg.outerHTML).toContain('…')
  expect(svg.outerHTML).not.toContain('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')
})

/** Relative luminance and contrast, as WCAG 2.2 has them. */
const luminance = (hex: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map(at => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
const contrast = (one: string, other: string) => {
  const [less = 0, more = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (more + 0.05) / (less + 0.05)
}

test('parts of bars stand out from a light and from a dark page, each with a pattern of its own', () => {
  const names = Array.from({ length: mostSeries }, (_, index) => `tool ${index}`)
  const figure = figureOf(toolMixChart, [told({ calls: names })])
  const parsed = blank()
  parsed.body.innerHTML = figure.draw({ document: blank(), width: 800, id: 'mix' }).outerHTML
  const patterns = [...parsed.querySelectorAll('pattern')]
  const colours = patterns.map(each => each.querySelector('rect')?.getAttribute('fill') ?? '')
  expect(new Set(colours).size).toBe(mostSeries)
  expect(new Set(patterns.map(each => each.querySelector('path')?.getAttribute('d'))).size).toBe(mostSeries)
  for (const colour of colours)
    for (const page of ['#ffffff', '#161616'])
      expect(contrast(colour, page), colour).toBeGreaterThanOrEqual(3)
})

test('names of a legend go on in the next line where one is full', () => {
  const names = ['one', 'two', 'three', 'four']
  const heights = [1000, 150, 10].map(width => seriesOf(names, { id: 'a', width }).height)
  expect(heights).toEqual([28, 48, 88])
})

test('what two drawings on one page define has other names', () => {
  const figure = figureOf(licencesChart, [told()])
  const idsOf = (id: string) =>
    [...figure.draw({ document: blank(), width: 400, id }).outerHTML.matchAll(/ id="([^"]+)"/g)].map(
      ([, name]) => name,
    )
  expect(idsOf('before')).toHaveLength(2)
  expect(new Set([...idsOf('before'), ...idsOf('after')]).size).toBe(4)
})

test('two drawings with one reach have one scale', () => {
  const [small, large] = [
    figureOf(licencesChart, [told()]),
    figureOf(
      licencesChart,
      Array.from({ length: 4 }, () => told()),
    ),
  ]
  // The first rectangle of that look is in the legend.
  const barOf = (figure: typeof small, reach: number) => {
    const parsed = blank()
    parsed.body.innerHTML = figure.draw({ document: blank(), width: 400, id: 'a', reach }).outerHTML
    const bars = parsed.querySelectorAll('rect[y][fill="url(#a-0)"]')
    return Number(bars[1]?.getAttribute('width'))
  }
  expect(barOf(large, large.reach) / barOf(small, large.reach)).toBeCloseTo(4)
  expect(barOf(small, small.reach)).toBeCloseTo(barOf(large, large.reach))
})
