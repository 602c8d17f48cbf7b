/** Something the World Factbook says of a country: where it says so and how to read it. */
export interface FactKind {
  name: string
  /** How a question asks for it. */
  asked: RegExp
  /** The field's title in the Factbook. */
  field: RegExp
  /** Words to search with, and others for when the first find nothing. */
  queries: readonly [string, string]
  /** The words that state it, out of the field's text; null where it says no such thing. */
  read(text: string): string | null
}

const labelled = (label: string) => (text: string) =>
  new RegExp(`(?:^|; |\\. |\\n)${label}: ?([^;]+)`, 'i').exec(text)?.[1]?.trim() ?? null

/** The start of the text, unless the search cut it off. */
const start = (text: string): string | null =>
  text.startsWith('…') ? null : text.split(';')[0]?.trim() || null

/** After "total:" where there are parts, else the start. */
const total = (text: string): string | null => labelled('total')(text) ?? start(text)

/** In the order in which questions are matched: the more special first. */
export const factKinds: readonly FactKind[] = [
  {
    name: 'land area',
    asked: /\bland area\b/i,
    field: /^area$/i,
    queries: ['area total land water', 'area sq km'],
    read: labelled('land'),
  },
  {
    name: 'water area',
    asked: /\b(water area|(area|surface) (is |that is )?(covered by )?water|inland water)\b/i,
    field: /^area$/i,
    queries: ['area total land water', 'area sq km'],
    read: labelled('water'),
  },
  {
    name: 'population',
    asked: /\b(population|people|inhabitants)\b/i,
    field: /^population$/i,
    queries: ['population estimate people and society', 'population total'],
    read: total,
  },
  {
    name: 'total area',
    asked: /\b(total area|area|square kilomet(er|re)s?|sq km)\b/i,
    field: /^area$/i,
    queries: ['area total land water', 'area sq km'],
    read: total,
  },
  {
    name: 'coastline',
    asked: /\b(coastlines?|coasts?)\b/i,
    field: /^coastline$/i,
    queries: ['coastline km', 'coastline'],
    read: total,
  },
  {
    name: 'land boundaries',
    asked: /\b(land (boundar(y|ies)|borders?))\b/i,
    field: /^land boundaries$/i,
    queries: ['land boundaries total km', 'land boundaries'],
    read: total,
  },
  {
    name: 'capital',
    asked: /\bcapital\b/i,
    field: /^capital$/i,
    queries: ['capital name', 'capital'],
    read: text =>
      labelled('name')(text) ?? /([^;…]+); geographic coordinates/.exec(text)?.[1]?.trim() ?? start(text),
  },
  {
    name: 'highest point',
    asked: /\b(highest (points?|mountains?|peaks?|elevations?))\b/i,
    field: /^elevation( extremes)?$/i,
    queries: ['elevation highest point', 'elevation extremes'],
    read: labelled('highest point'),
  },
  {
    name: 'lowest point',
    asked: /\b(lowest (points?|elevations?))\b/i,
    field: /^elevation( extremes)?$/i,
    queries: ['elevation lowest point', 'elevation extremes'],
    read: labelled('lowest point'),
  },
]

const magnitudes: Record<string, number> = { thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12 }

/** The quantity in words such as "1.267 million sq km" or "Mont Blanc 4,810 m"; null where there is none. */
export function quantityIn(stated: string): number | null {
  const outside = stated.replace(/\([^)]*\)/g, ' ')
  const found = /(?<![\w,.])(-?\d[\d,]*(?:\.\d+)?)(?:\s*(thousand|million|billion|trillion))?/i.exec(outside)
  if (!found?.[1]) return null
  const value = Number(found[1].replaceAll(',', '')) * (magnitudes[found[2]?.toLowerCase() ?? ''] ?? 1)
  return Number(value.toPrecision(15))
}
