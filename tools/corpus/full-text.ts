/** How words are matched: English stems, no accents, no case. */
export const tokenizer = 'porter unicode61'

const matchStart = '\u0001'
const matchEnd = '\u0002'

/** The SQL expression for a column with its matches marked, to be read by `snippetOf`. */
export const marked = (table: string, column: number): string =>
  `highlight(${table}, ${column}, char(1), char(2))`

const stopwords = new Set(
  (
    'a about after all also an and any are as at be because been before being between both but by can could did do does ' +
    'doing during each few for from further had has have having he her here hers him his how i if in into is it its itself ' +
    'just me more most my of off on once only or other our out over own same she should so some such than that the their ' +
    'them then there these they this those through to too under until up very was we were what when where which while who ' +
    'whom whose why will with would you your'
  ).split(' '),
)

const mostWords = 64

/**
 * A query for FTS5: its words, told apart as FTS5 does, in quotes and joined with OR, without stopwords (unless there
 * is nothing else). This form did best on SciFact with BM25.
 */
export function matchExpression(query: string): string {
  const words = [...new Set(query.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? [])]
  const telling = words.filter(word => !stopwords.has(word))
  const kept = telling.length > 0 ? telling : words
  return kept
    .slice(0, mostWords)
    .map(word => `"${word}"`)
    .join(' OR ')
}

/** About `length` characters of a marked text around most of its matches; "…" where something was cut. */
export function snippetOf(highlighted: string, length: number): string {
  const { text, starts } = unmark(highlighted)
  if (text.length <= length) return text
  const from = windowStart(text, starts, length)
  const to = from + length >= text.length ? text.length : wordEnd(text, from, from + length)
  return `${from > 0 ? '… ' : ''}${text.slice(from, to).trim()}${to < text.length ? ' …' : ''}`
}

function unmark(highlighted: string): { text: string; starts: number[] } {
  const [first = '', ...rest] = highlighted.split(matchStart)
  let text = first
  const starts = rest.map(piece => {
    const start = text.length
    text += piece.replaceAll(matchEnd, '')
    return start
  })
  return { text, starts }
}

/** The window with most matches, the earliest of equals, with a little of what stands before. */
function windowStart(text: string, starts: number[], length: number): number {
  const lead = Math.floor(length / 8)
  const room = length - lead
  let end = 0
  const matches = starts.map((start, index) => {
    while (end < starts.length && (starts[end] ?? 0) < start + room) end++
    return end - index
  })
  const best = starts[matches.indexOf(matches.reduce((a, b) => Math.max(a, b), 0))] ?? 0
  const from = Math.min(Math.max(0, best - lead), text.length - length)
  return from === 0 ? 0 : text.indexOf(' ', from) + 1 || from
}

function wordEnd(text: string, from: number, to: number): number {
  const space = text.lastIndexOf(' ', to)
  return space > from ? space : to
}
