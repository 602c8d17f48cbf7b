import { tidy } from './plain.ts'

const inOrder =
  /\bin (?:this|that|the (?:given|same|following)) order\b|\brespectively\b|\bin (?:ascending|descending|increasing|decreasing|alphabetical|numerical|chronological) order\b|\bfrom (?:the )?(?:smallest|least|lowest|largest|greatest|highest|left|top|first)\b/i
const unordered =
  /\bin any order\b|\b(?:solutions|roots|zeros|zeroes)\b|\bsolve\b|\bseparated by (?:a )?commas?\b|\ball (?:the )?(?:possible |real |positive |integer |complex |distinct |such )*(?:values|numbers|integers|solutions|roots|pairs|points|triples|answers|x|primes|factors|divisors)\b/i
/** "Find x and y": two names are asked for, and which value is whose is said by the order alone. */
const severalNames =
  /\b(?:find|solve for|determine|compute|calculate|values? of|what are)\s+\$?\\?[a-z]\$?\s*(?:,|and|&)\s*\$?\\?[a-z]\b(?![a-z])/i

/** Whether a question asks for several answers in an order, in any, or says nothing about it. Linear in its length. */
export function orderAsked(question: string): 'given' | 'any' | 'unsaid' {
  if (inOrder.test(question)) return 'given'
  return unordered.test(question) && !severalNames.test(question) ? 'any' : 'unsaid'
}

const aboutPoints =
  /\b(?:points?|coordinates?|vert(?:ex|ices)|pairs?|midpoint|cent(?:er|re)|focus|foci|vectors?|centroid|intersect\w*)\b/i
const aboutRegions = /\b(?:intervals?|inequalit\w+|domain|range|set of)\b/i

/** Whether `(1,2)` is meant as a point, and not as all numbers between. */
export const asksForPoint = (question: string): boolean =>
  aboutPoints.test(question) && !aboutRegions.test(question)

const asking =
  /\b(?:find|solve for|determine|compute|calculate|evaluate|express|what is|what are|what's|how (?:long|big|large|far|many|much)(?: is| are)?|values? of|length of|measure of|give|let)\b/gi
/** Words that may stand between the asking one and what is asked for. */
const between =
  /^(?:(?:the|a|an|all|largest|smallest|least|greatest|maximum|minimum|positive|negative|real|integer|value|values|possible|exact|number|length|measure|area|of|is|are|for|sum|product|degree|degrees|angle|segment|side|line) )*$/i

/** Whether a question asks for what is written so, such as `x`, `f(2)` or `a + b`. Linear in its length. */
export function asksForWritten(written: string, question: string): boolean {
  const [wanted, text] = [plainly(written).replaceAll(' ', ''), plainly(question)]
  if (wanted === '') return false
  return [...text.matchAll(asking)].some(({ index, 0: word }) => {
    const near = text.slice(index + word.length, index + word.length + 80 + 2 * wanted.length).trimStart()
    return startsOf(near).some(start => startsWith(near.slice(start), wanted))
  })
}

/** Where something may begin after words that say nothing of themselves. */
function startsOf(text: string): number[] {
  const starts = [0, ...[...text.matchAll(/ /g)].map(({ index }) => index + 1)]
  return starts.filter(start => between.test(text.slice(0, start)))
}

/** The same signs, and nothing that goes on with them. */
function startsWith(text: string, wanted: string): boolean {
  let at = 0
  for (const sign of wanted) {
    while (text.charAt(at) === ' ') at++
    if (text.charAt(at) !== sign) return false
    at++
  }
  return !/^(?:[\w(^]|\s*[+*/^-])/.test(text.slice(at))
}

const plainly = (text: string): string =>
  tidy(text)
    .replace(/\\(?:left|right|displaystyle|[,;:! ])/g, ' ')
    .replace(/[$\\{}|]/g, '')
    .replace(/ +/g, ' ')
    .trim()
