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

/** LaTeX that says how something looks, not what it is. */
const looks: [written: RegExp, plain: string][] = [
  [
    /\\(?:left|right|[bB]igg?[lr]?)(?=\s*(?:[()[\]|.<>]|\\(?:[{}|]|[lr]?(?:floor|ceil|vert|Vert|brack|brace|angle))))\s*\.?/g,
    '',
  ],
  [/\\(?:display|text)style\s*/g, ''],
  [/\\[dtc]frac(?![a-zA-Z])/g, '\\frac'],
  [/\{,\}/g, ','],
  [/,\\!/g, ','],
  [/\\!/g, ''],
  [/(?<!\\)\\(?:[,;: ]|q?quad(?![a-zA-Z]{2}))/g, ' '],
  [/(?<!\\)\\([%$&#_])/g, '$1'],
  [/\s*\^\s*(?:\{\s*\\circ\s*\}|\\circ(?![a-zA-Z]))/g, '°'],
]
const font = /\\(?:text(?:bf|it|rm)?|math(?:rm|bf|it|sf)|mbox|operatorname)\s*\{([^{}]*)\}/

const spaced = (text: string): string =>
  looks.reduce((text, [written, plain]) => text.replace(written, plain), text)

function typeset(text: string): string {
  let plain = spaced(text)
  for (let found = font.exec(plain); found; found = font.exec(plain))
    plain = plain.replace(found[0], () => found?.[1] ?? '')
  return plain.replace(/ +/g, ' ').trim()
}

/** The content of `\boxed{…}`, if that is the whole text. */
function boxed(text: string): string | undefined {
  const inner = /^\\(?:boxed|fbox)\s*\{(.+)\}$/.exec(text)?.[1]
  let depth = 0
  for (const sign of inner ?? '') {
    depth += sign === '{' ? 1 : sign === '}' ? -1 : 0
    if (depth < 0) return undefined
  }
  return depth === 0 ? inner?.trim() : undefined
}

const wrappers = [
  /^"([^"]+)"$/,
  /^'([^']+)'$/,
  /^`([^`]+)`$/,
  /^\*{1,2}([^*]+)\*{1,2}$/,
  /^\*\*((?:(?!\*\*).)+)\*\*$/,
  /^__((?:(?!__).)+)__$/,
  /^\$\$([^$]+)\$\$$/,
  /^\$([^$]+)\$$/,
  /^\\\(((?:(?!\\\)).)+)\\\)$/,
  /^\\\[((?:(?!\\\]).)+)\\\]$/,
  // With a comma inside, brackets are part of the answer: (0,1) is not [0,1].
  /^\(([^(),;]+)\)$/,
  /^\[([^[\],;]+)\]$/,
  // Three dots say that something follows.
  /^(.*[^.,;:\s])\s*(?!.*\.\.)[.,;:]+$/,
  /^(?:the )?(?:final )?answer(?: is\b:?|\s*[:=])\s*(.+)$/i,
]

/**
 * Tidied, without what people put around an answer: quotes, emphasis, a pair of brackets, LaTeX delimiters and
 * spacing, a full stop, "Answer:".
 */
export const bare = (text: string): string => unwrapped(typeset(tidy(text)))

/** The same with the fonts of LaTeX left, which tell words from letters. */
export const bareInFonts = (text: string): string => unwrapped(spaced(tidy(text)))

function unwrapped(text: string): string {
  let inner = text
  for (let found = true; found; ) {
    const match = boxed(inner) ?? wrappers.map(wrapper => wrapper.exec(inner)?.[1]?.trim()).find(Boolean)
    found = match !== undefined
    inner = match ?? inner
  }
  return inner
}

/**
 * The form in which two texts are compared: bare, lower case, without a leading article. A capital A may be a name (`A
 * negative`), unless a sentence begins with it.
 */
export function keyOf(text: string): string {
  const inner = bare(text)
  const isSentence = /^A \p{Ll}+ \p{L}+/u.test(inner) && /[.!]["'*\s]*$/.test(text)
  const article = isSentence ? /^(?:the|an?) (?=\S)/i : /^(?:[Tt]he|[Aa]n|a(?! -?\d)) (?=\S)/
  return inner.replace(article, '').toLowerCase()
}
