/** What the page shows, as its address says: a link to it shows the same to others. */
export interface PageAddress {
  /** The key of the open row, and that of the row beside it. */
  key: string | null
  beside: string | null
  /** Values that are let through, by facet. */
  chosen: Readonly<Record<string, readonly string[]>>
  /** Words that a row has to have. */
  text: string
  /** `messages` where they may also stand in what was said, called and seen. */
  within: string
  /** A column, with `-` before it for the other direction. */
  sort: string
  /** What is shown beside rows; empty for rows. */
  pane: string
}

export const nowhere: PageAddress = {
  key: null,
  beside: null,
  chosen: {},
  text: '',
  within: '',
  sort: '',
  pane: '',
}

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
    within: last('within') ?? '',
    sort: last('sort') ?? '',
    pane: last('pane') ?? '',
    chosen: Object.fromEntries(chosen.map(([name, all = []]) => [name, all.map(([, value]) => value)])),
  }
}

const own = ['key', 'beside', 'text', 'within', 'sort', 'pane']

export function fragmentOf({ key, beside, chosen, ...texts }: PageAddress): string {
  const all = new URLSearchParams()
  for (const [name, values] of Object.entries(chosen)) for (const value of values) all.append(name, value)
  for (const [name, value] of Object.entries({ ...texts, key, beside })) if (value) all.append(name, value)
  return all.toString()
}
