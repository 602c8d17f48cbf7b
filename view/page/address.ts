/** What the page shows, as its address says: a link to it shows the same to others. */
export interface PageAddress {
  /** The key of the open row, and that of the row beside it. */
  key: string | null
  beside: string | null
  /** Values that are let through, by facet. */
  chosen: Readonly<Record<string, readonly string[]>>
  /** Words that a row has to have. */
  text: string
  /** A column, with `-` before it for the other direction. */
  sort: string
}

export const nowhere: PageAddress = { key: null, beside: null, chosen: {}, text: '', sort: '' }

/** Of a fragment such as `#reason=answer_wrong&reason=code_errors&text=flag&key=00e1…`; unknown names are facets. */
export function addressOf(fragment: string): PageAddress {
  const given = [...new URLSearchParams(fragment.replace(/^#/, ''))]
  const last = (wanted: string) => given.findLast(([name]) => name === wanted)?.[1] || undefined
  const facets = given.filter(([name]) => !own.includes(name))
  const chosen = Object.entries(Object.groupBy(facets, ([name]) => name))
  return {
    key: last('key') ?? null,
    beside: last('beside') ?? null,
    text: last('text') ?? '',
    sort: last('sort') ?? '',
    chosen: Object.fromEntries(chosen.map(([name, all = []]) => [name, all.map(([, value]) => value)])),
  }
}

const own = ['key', 'beside', 'text', 'sort']

export function fragmentOf({ key, beside, chosen, text, sort }: PageAddress): string {
  const said = Object.entries({ text, sort, key, beside }).filter(([, value]) => value)
  const facets = Object.entries(chosen).flatMap(([name, values]) => values.map(value => [name, value]))
  return new URLSearchParams([...facets, ...said.map(([name, value]) => [name, value ?? ''])]).toString()
}
