const segmenter = new Intl.Segmenter('en', { granularity: 'word' })

/** How many words make a rationale, where nobody says otherwise. */
export const leastWords = 4

/** Words of prose in any script; code blocks are not prose. */
export const proseWords = (text: string): number =>
  [...segmenter.segment(text.replace(/```[\s\S]*?(?:```|$)/g, ''))].filter(
    part => part.isWordLike && /\p{L}/u.test(part.segment),
  ).length
