/** Which of several names a text mentions, in its order, each as often as it is there. OCR may have misread a name. */
export function mentions(text: string, names: readonly string[]): string[] {
  const words = text.match(/[\p{L}\p{N}][\p{L}\p{N}&.'-]*/gu) ?? []
  const known = names.filter(name => plain(name))
  const found: string[] = []
  for (let at = 0; at < words.length; ) {
    const best = bestAt(words, at, known)
    if (best) found.push(best.name)
    at += best?.length ?? 1
  }
  return found
}

interface Match {
  name: string
  /** Words it takes. */
  length: number
  likeness: number
}

function bestAt(words: string[], at: number, names: readonly string[]): Match | null {
  const matches = names.flatMap(name =>
    lengths(name).map((length): Match => {
      const phrase = words.slice(at, at + length).join(' ')
      return { name, length, likeness: likeness(phrase, name) }
    }),
  )
  const [best] = matches.sort((a, b) => b.likeness - a.likeness || b.length - a.length)
  return best && best.likeness >= 0.75 ? best : null
}

/** OCR may join two words or split one. */
const lengths = (name: string) => {
  const count = name.split(/\s+/).length
  return count > 1 ? [count, count - 1, count + 1] : [1, 2]
}

/** Letters that OCR confuses become one. */
const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replace(/[l1|]/g, 'i')
    .replaceAll('0', 'o')

/** 0 to 1. Short names and numbers must be the same; a code in capitals is not the small word spelt like it. */
function likeness(phrase: string, name: string): number {
  const [a, b] = [plain(phrase), plain(name)]
  if (a === b) return isCode(name) && !isCode(phrase) ? 0 : 1
  if (Math.min(a.length, b.length) <= 4) return 0
  return 1 - editDistance(a, b) / Math.max(a.length, b.length)
}

const isCode = (text: string) => text.length <= 3 && /\p{Lu}{2}/u.test(text)

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
