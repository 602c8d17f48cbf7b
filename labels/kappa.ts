/** How far two agree beyond chance, and the standard error of that. */
export interface Kappa {
  estimate: number
  error: number
}

/** Two words about the same row. */
export type WordPair = readonly [one: string, other: string]

/**
 * Cohen's kappa of the words of two (Educational and Psychological Measurement 20, 1960, 37–46), with the standard
 * error of Fleiss, Cohen and Everitt (Psychological Bulletin 72, 1969, 323–327). Null where both always said the same
 * word, so that chance alone agrees, too.
 */
export function cohensKappa(pairs: readonly WordPair[]): Kappa | null {
  const n = pairs.length
  const share = (is: (pair: WordPair) => boolean) => pairs.filter(is).length / n
  const words = [...new Set(pairs.flat())]
  const said = words.map(word => ({
    word,
    one: share(([a]) => a === word),
    other: share(([, b]) => b === word),
  }))
  const agreed = share(([a, b]) => a === b)
  const byChance = sum(said.map(({ one, other }) => one * other))
  if (n === 0 || byChance === 1) return null
  const parts = said.flatMap(a =>
    said.map(b => {
      const both = share(pair => pair[0] === a.word && pair[1] === b.word)
      if (a === b) return both * (1 - byChance - (a.one + a.other) * (1 - agreed)) ** 2
      return both * (1 - agreed) ** 2 * (a.other + b.one) ** 2
    }),
  )
  const rest = (agreed * byChance - 2 * byChance + agreed) ** 2
  const variance = Math.max(0, sum(parts) - rest) / (n * (1 - byChance) ** 4)
  return { estimate: (agreed - byChance) / (1 - byChance), error: Math.sqrt(variance) }
}

/**
 * Krippendorff's alpha for words without an order (Content Analysis, 4th edition, 2018, chapter 12). A unit holds what
 * was said of one row, by however many; one word alone says nothing of agreement. Null where only one word was ever
 * said.
 */
export function krippendorffsAlpha(units: readonly (readonly string[])[]): number | null {
  const paired = units.filter(({ length }) => length > 1)
  const all = paired.flat()
  const n = all.length
  const counts = countsOf(all)
  if (counts.length < 2) return null
  const differ = (words: readonly string[]) =>
    words.length ** 2 - sum(countsOf(words).map(count => count ** 2))
  const observed = sum(paired.map(words => differ(words) / (words.length - 1))) / n
  return 1 - observed / (differ(all) / (n * (n - 1)))
}

const countsOf = (words: readonly string[]): number[] =>
  [...Map.groupBy(words, word => word).values()].map(({ length }) => length)

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)
