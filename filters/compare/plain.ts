const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻'
const raised = '0123456789+-'

/** Unicode compatibility forms would turn 5² into 52 and 1½ into 11/2; spelled out they keep their meaning. */
const spellOut = (text: string): string =>
  text
    .replace(
      /[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+/gu,
      run => `^${[...run].map(sign => raised[superscripts.indexOf(sign)]).join('')}`,
    )
    .replace(/[\u2080-\u2089]+/gu, run => `_${run.normalize('NFKC')}`)
    .replace(/[\u00bc-\u00be\u2150-\u215e\u2189]/gu, fraction => ` ${fraction.normalize('NFKC')}`)

/** One spelling for spaces, quotes, dashes and compatibility characters. Upper and lower case stay. */
export const tidy = (text: string): string =>
  spellOut(text)
    .replace(/[‘’ʼʻ´]/gu, "'")
    .replace(/[“”„«»]/gu, '"')
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Variation_Selector}]/gu, '')
    .replace(/[‐‑‒–—−]/gu, '-')
    .replace(/⁄/gu, '/')
    .replace(/\s+/gu, ' ')
    .trim()

const wrappers = [
  /^"([^"]+)"$/,
  /^'([^']+)'$/,
  /^`([^`]+)`$/,
  /^\*{1,2}([^*]+)\*{1,2}$/,
  /^\$([^$]+)\$$/,
  /^\\boxed\{([^{}]+)\}$/,
  // With a comma inside, brackets are part of the answer: (0,1) is not [0,1].
  /^\(([^(),;]+)\)$/,
  /^\[([^[\],;]+)\]$/,
  /^(.*[^.,;:\s])\s*[.,;:]+$/,
  /^(?:the )?(?:final )?answer(?: is\b:?|\s*[:=])\s*(.+)$/i,
]

/** Tidied, without what people put around an answer: quotes, emphasis, a pair of brackets, a full stop, "Answer:". */
export function bare(text: string): string {
  let inner = tidy(text)
  for (let found = true; found; ) {
    const match = wrappers.map(wrapper => wrapper.exec(inner)?.[1]?.trim()).find(Boolean)
    found = match !== undefined
    inner = match ?? inner
  }
  return inner
}

/** What two texts are compared by: bare, lower case, without a leading article. */
export const keyOf = (text: string): string =>
  bare(text)
    .toLowerCase()
    .replace(/^(?:the|an?) (?=\S)/, '')
