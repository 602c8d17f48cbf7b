/** Every run of `length` words, joined by blanks. */
export const gramsOf = (words: readonly string[], length: number): string[] =>
  words.slice(length - 1).map((_, index) => words.slice(index, index + length).join(' '))

/**
 * 32-bit hashes of the runs of `length` words, each once and sorted. A shorter text is one run.
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

/** FNV-1a over its UTF-16 units. */
export function hashOfWord(word: string): number {
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
