/** Scripts of which a letter says about as much as a word does elsewhere. */
const dense = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}`
/** These and others that put no spaces between words. */
const unspaced = String.raw`${dense}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`

/** How a text is spelled before its words are found, what a word is, and what of it counts. */
interface Rule {
  spelled(text: string): string
  word: RegExp
  counts?(word: string): string
}

/**
 * The purpose of reading decides what a word is. No purpose keeps capitals, punctuation or Unicode's compatible forms.
 */
const rules = {
  /** To tell whether two texts say the same: signs such as - and % count, numbers stay whole. */
  likeness: {
    spelled: text => text.normalize('NFKC'),
    word: new RegExp(
      String.raw`[\-−]?\p{N}+(?:[.,]\p{N}+)*|[${unspaced}]\p{M}*|[[\p{L}\p{M}]--[${unspaced}]]+|[\p{S}*\/%]`,
      'gv',
    ),
  },
  /** To find a run of one text's words in another. */
  quotation: {
    spelled: text => text.normalize('NFKC'),
    word: new RegExp(String.raw`[${dense}]|[[\p{L}\p{M}\p{N}]--[${dense}]]+`, 'gv'),
  },
  /** To find what a text speaks of: accents and a plural's s do not count. */
  mention: {
    spelled: withoutAccents,
    word: /[\p{L}\p{N}]+/gu,
    counts: word => (word.length > 3 ? word.replace(/s$/, '') : word),
  },
  /**
   * To find a word in what may be a name or an address, whatever joins its parts (`-`, `_`, `%20`, aCapital); 1,234 is
   * one number.
   */
  name: {
    spelled: text =>
      withoutAccents(decoded(text))
        .replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ')
        .replace(/(?<=\d),(?=\d{3}(?!\d))/g, ''),
    word: /\d+\.\d+|\d+|\p{L}+/gu,
  },
} satisfies Record<string, Rule>

/** The words of a text, in lower case. */
export function wordsIn(text: string, purpose: keyof typeof rules): string[] {
  const { spelled, word, counts }: Rule = rules[purpose]
  const words: string[] = spelled(text).toLowerCase().match(word) ?? []
  return counts ? words.map(counts) : words
}

/** Whether the words of a text hold these, one behind the other. */
export const holdsWords = (words: readonly string[], wanted: readonly string[]): boolean =>
  ` ${words.join(' ')} `.includes(` ${wanted.join(' ')} `)

/** Whether a text speaks of something in these words. */
export const speaksOf = (text: string, phrase: string): boolean =>
  holdsWords(wordsIn(text, 'mention'), wordsIn(phrase, 'mention'))

/** Words that hold a digit, in order. Two texts that differ in them say different things, however alike they are. */
export const withDigits = (words: readonly string[]): string[] => words.filter(word => /\p{N}/u.test(word))

function withoutAccents(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
