/** Scripts that put no spaces between words: each of their letters is one. */
const unspaced =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}'
/** Numbers with their sign, letters of unspaced scripts, words, and signs that change what is said, such as + or %. */
const word = new RegExp(
  `[-−]?\\p{N}+(?:[.,]\\p{N}+)*|[${unspaced}]\\p{M}*|(?:(?![${unspaced}])[\\p{L}\\p{M}])+|[\\p{S}*/%]`,
  'gu',
)

/** The words of a text, without case, spacing and punctuation: two texts with the same words say the same. */
export const wordsOf = (text: string): string[] => text.normalize('NFKC').toLowerCase().match(word) ?? []

/** Words that hold a digit, in order. Two texts that differ in them say different things, however alike they are. */
export const numbersIn = (words: readonly string[]): string[] => words.filter(word => /\p{N}/u.test(word))

/**
 * 32-bit hashes of the runs of `length` words, each once and sorted. A shorter text is one run. The hash of a word is
 * FNV-1a over its UTF-16 units.
 */
export function shingles(words: readonly string[], length: number): Uint32Array {
  const hashes = Uint32Array.from(words, hashOfWord)
  const count = Math.max(1, hashes.length - length + 1)
  const runs = new Uint32Array(count)
  for (let start = 0; start < count; start++) {
    let run = 0x9e3779b9
    for (let at = start; at < Math.min(start + length, hashes.length); at++)
      run = mixed(Math.imul(run, 31) ^ (hashes[at] ?? 0))
    runs[start] = run
  }
  return runs.sort().filter((run, index) => index === 0 || run !== runs[index - 1])
}

function hashOfWord(word: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193)
  return hash
}

/** The finalizer of MurmurHash3. */
export function mixed(value: number): number {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** The share that two sorted sets have in common of all they hold, 0 to 1 (Jaccard). */
export function jaccard(a: Uint32Array, b: Uint32Array): number {
  let [i, j, common] = [0, 0, 0]
  while (i < a.length && j < b.length) {
    const [left = 0, right = 0] = [a[i], b[j]]
    if (left === right) common++
    if (left <= right) i++
    if (right <= left) j++
  }
  return common / (a.length + b.length - common)
}
