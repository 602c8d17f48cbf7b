import { functions, Unreadable } from './lexer.ts'
import { bare } from './plain.ts'

/** An answer in the one spelling that the grammar has for each thing. Throws `Unreadable` where it has none. */
export const inOneSpelling = (text: string): string => normal(rewritten(text))

const rewritten = (text: string): string =>
  [withoutIslands, withNames, withChoices, withPeriods, withTurnedBrackets].reduce(
    (now, step) => step(now),
    text,
  )

/** `$2$ and $3$`: delimiters around each of several. */
const withoutIslands = (text: string): string =>
  (text.match(/(?<!\\)\$+/g)?.length ?? 0) > 2 || (text.match(/\\\(/g)?.length ?? 0) > 1
    ? text.replace(/(?<!\\)\$+|\\[()]/g, ' ')
    : text

const inFont = /\\(?:text(?:bf|it|rm)?|math(?:rm|bf|it|sf)|mbox|operatorname\*?)\s*\{([^{}]*)\}/g
const ordinary = new Set(['and', 'or', 'pi', 'infinity', 'inf', 'if', 'empty set', ...functions])

/** Words in an upright font are one name, and no product of letters. */
const withNames = (text: string): string =>
  text.replace(inFont, (whole, inner: string) => {
    const words = inner.trim().replace(/^,\s*/, '')
    const isName =
      /\p{L}{2}/u.test(words) && !ordinary.has(words.toLowerCase()) && !/\b(?:and|or)\b/i.test(words)
    return isName ? ` ⟦${words.replace(/[^\p{L}\p{N}]+/gu, '_')}⟧ ` : whole
  })

/** TeX's own `{n \choose k}`. */
const withChoices = (text: string): string =>
  text.replace(/\{([^{}]+?)\\choose(?![a-zA-Z])([^{}]+?)\}/g, '\\binom{$1}{$2}')

/** Decimals that recur, `0.1\overline{6}` and `0.\dot{3}`, as the fractions that they are. */
const withPeriods = (text: string): string =>
  text.replace(
    /(\d*)\.(\d*)\\(?:(?:overline|bar)\s*\{(\d+)\}|(?:overline|bar)\s*(\d)|dot\s*\{?(\d)\}?(?:(\d*)\\dot\s*\{?(\d)\}?)?)/g,
    (_, whole: string, once: string, many = '', one = '', first = '', middle = '', last = '') => {
      const period = many || one || `${first}${middle}${last}`
      const [all, before] = [BigInt(`${whole}${once}${period}`), BigInt(`${whole}${once}` || '0')]
      return `(\\frac{${all - before}}{${10n ** BigInt(once.length) * (10n ** BigInt(period.length) - 1n)}})`
    },
  )

/** `]0,1[` is an open interval. */
const withTurnedBrackets = (text: string): string =>
  text.replace(
    /([\][])([^\][(){},]+,[^\][(){},]+)([\][])/g,
    (_, open: string, ends: string, close: string) =>
      `${open === ']' ? '(' : '['}${ends}${close === '[' ? ')' : ']'}`,
  )

const relations: [written: RegExp, plain: string][] = [
  [/\\(?:leq?|leqslant)(?![a-zA-Z])|≤|⩽|<=|=</g, '≤'],
  [/\\(?:geq?|geqslant)(?![a-zA-Z])|≥|⩾|>=/g, '≥'],
  [/\\(?:neq?|not\s*=)(?![a-zA-Z])|!=/g, '≠'],
  [/\\lt(?![a-zA-Z])/g, '<'],
  [/\\gt(?![a-zA-Z])/g, '>'],
  [/\\in(?![a-zA-Z])/g, '∈'],
  [/\\cup(?![a-zA-Z])/g, '∪'],
  [/\\(?:setminus|backslash)(?![a-zA-Z])/g, '∖'],
  [/\\(?:emptyset|varnothing)(?![a-zA-Z])|\bempty set\b|Ø/gi, '∅'],
  [/\\(?:lor|vee)(?![a-zA-Z])/g, ' or '],
  [/\\(?:land|wedge)(?![a-zA-Z])|且|和/g, ' and '],
  [/或者?/g, ' or '],
  [/、/g, ', '],
  [/\\mid(?![a-zA-Z])/g, '∣'],
  [/\\\{|\\lbrace(?![a-zA-Z])/g, '⦃'],
  [/\\\}|\\rbrace(?![a-zA-Z])/g, '⦄'],
]

/** Every spelling of a sign that parts an answer as one character. */
function normal(text: string): string {
  if (/\\frac\s*\{\s*d[^{}]*\}\s*\{\s*d\s*[a-z]/.test(bare(text)))
    throw new Unreadable('a derivative is not read')
  const real = text.replace(/\\mathbb\s*\{?\s*R\s*\}?|ℝ/g, ' (-∞,∞) ')
  const plain = relations.reduce((inner, [written, sign]) => inner.replace(written, sign), bare(real))
  return withoutThousands(setBraces(plain))
}

/** Outside brackets `1,234` and `1 234` are one number; inside they could be two. */
const withoutThousands = (text: string): string =>
  /[([{⦃]/.test(text)
    ? text
    : text.replace(/(?<![\d.,])[1-9]\d{0,2}(?:(?:,\d{3})+|(?: \d{3})+)(?![\d,]| \d)/g, digits =>
        digits.replace(/[, ]/g, ''),
      )

/** In plain writing braces make a set where they hold the whole of something; in LaTeX they group. */
const setBraces = (text: string): string =>
  /\\|[\^_]\s*\{/.test(text) ? text : text.replaceAll('{', '⦃').replaceAll('}', '⦄')
