import { isRight } from '../../answers/compare.ts'
import type { Task } from '../../schemas/task.ts'
import { type Numeral, numeralsIn } from '../../words/numerals.ts'
import { sentencesOf } from '../../words/sentences.ts'
import { wordsIn } from '../../words/words.ts'

/** Characters of a conclusion; what is longer explains. */
const longest = 60

/**
 * The answer that a thought states, if it is short, from the last sentence that states one. Null if none states it
 * outright. The last sentence may also state it in the question's own words: "So the country is Norway." to "Which
 * country …?", "Therefore there are 9 stars." to "How many stars …?".
 */
export function concluded(thought: string, question = ''): string | null {
  const sentences = sentencesOf(spoken(thought))
  const said = sentences.flatMap(outright).at(-1) ?? closing(sentences.at(-1) ?? '', question)
  const last = said?.replace(/[.!]+$/, '').trim()
  return last && last.length <= longest ? last : null
}

function outright(sentence: string): string[] {
  const [, said] =
    /\b(?:the |my )?(?:final |correct |right )?(?:answer|option|choice|response)(?: here| then)? (?:is|=|must be|should be|has to be)(?: therefore| thus| then| hence| clearly| simply)?(?: option| choice)? (.+)$/i.exec(
      sentence,
    ) ?? []
  return said && !unreal.test(sentence) ? [said.replace(/, (?:as|which|since|because|for)\b.*$/i, '')] : []
}

const unreal = /\b(?:not|n['’]t|if|whether|would|could|might|may)\b/i
/** A colon that announces the answer ends no sentence. */
const spoken = (thought: string): string =>
  thought
    .replace(/\\boxed\{([^{}]*)\}/g, 'The answer is $1.')
    .replace(/\$|\\[()[\]]/g, '')
    .replace(/\\text\{([^{}]*)\}/g, '$1')
    .replace(/\banswer(?: is)?:\*{0,2}\s*/gi, 'answer is ')
    .replace(/\b(conclusion|the question):\s*/gi, '$1, ')

const drawn =
  /^(?:and )?(?:so|thus|therefore|hence|consequently|overall|it follows that|I (?:therefore |thus )?conclude that|(?:this|that) means(?: that)?),? /i
const noun = '(?:(?:final|correct|right|true) )?(?:answer|option|choice|solution)'
/** How the last sentence of a thought says what the answer is, beside "the answer is". */
const closings = [
  new RegExp(`^(?:that|this|it|which) makes (.+?) (?:the|my) ${noun}[.!]*$`, 'i'),
  new RegExp(`^(?:so |thus |therefore |hence )?(.+?) (?:is|must be) (?:the|my) ${noun}[.!]*$`, 'i'),
  /\bI(?:['’]ll| will)? (?:go with|choose|settle on) (.+)$/i,
  /\bI(?:['’]d| would) answer (.+)$/i,
  /\bto answer the question,? (.+)$/i,
  /^(?:.*\bthat )?(.+?) is (?:right|correct)[.!]*$/i,
  /\b(?:gives?|leaves?)(?: us| me)? (.+?) as (?:the|my) (?:\S+ ){0,2}?(?:answer|option|choice|solution|result)\b/i,
  /\b(?:arrive at|end up with|comes? (?:out )?(?:to|at)|leaves? (?:us|me) with) (.+)$/i,
  new RegExp(`^(?:in conclusion|to conclude|conclusion|my ${noun}|${noun})[:,] (.+)$`, 'i'),
]

function closing(sentence: string, question: string): string | undefined {
  if (unreal.test(sentence)) return undefined
  const said = closings.map(each => each.exec(sentence)?.[1]).find(Boolean)
  return said ?? (drawn.test(sentence) ? followed(sentence.replace(drawn, ''), question) : undefined)
}

/** What follows after "so". */
function followed(rest: string, question: string): string | undefined {
  const [, pronounced] = /^(?:it|this|that) (?:is|must be) (.+)$/i.exec(rest) ?? []
  if (pronounced) return isNoun(pronounced, question) ? pronounced : undefined
  const [, thing = '', named] = /^the (?:\S+ ){0,2}?(\S+) (?:is|was|must be) (.+)$/i.exec(rest) ?? []
  if (named) return askedFor(question).includes(thing.toLowerCase()) ? named : undefined
  const [, count, things] = /^(?:there (?:are|is)|I (?:count|see|find)) (\S+) (.+)$/i.exec(rest) ?? []
  return count && counted(question).some(each => wordsIn(things ?? '', 'mention').includes(each))
    ? count
    : undefined
}

/**
 * After "it is" a number, perhaps behind a word of the question as in "left 12", a yes or no, a colour, or a name; "it
 * is Italian" describes and does not name.
 */
const isNoun = (text: string, question: string): boolean =>
  /^[-−]?\d|^(?:yes|no)\b[.!]*$/i.test(text) ||
  colours.has(plain(text)) ||
  wordsIn(question, 'mention').includes(
    /^(?!(?:over|under|above|below|at|than|within|from)\b)(\p{L}+) \d/iu.exec(text)?.[1] ?? '',
  ) ||
  (isName(text.replace(/[.!]+$/, '')) && !/(?:ish|ese|an|ch|i|ic|man|eek|iss)[.!]*$/i.test(text))

/** The nouns that a question asks for: `country` of "Which country …?" and `capital` of "What is the capital of …?" */
const askedFor = (question: string): string[] =>
  [
    ...question.matchAll(
      /\b(?:which|what) ((?:[a-z-]+ ){1,3}?)(?:is|are|was|were|has|have|had|does|do|did)\b/gi,
    ),
    ...question.matchAll(
      /\bwhat (?:is|was) the ((?:[a-z-]+ ){0,3}?[a-z-]+)(?= (?:of|in|for|on|at|that|whose)\b|\?)/gi,
    ),
  ].flatMap(([, words = '']) => words.trim().toLowerCase().split(' ').at(-1) ?? [])

/** What a question counts. */
const counted = (question: string): string[] =>
  [
    ...question.matchAll(
      /\bhow many ((?:[a-z-]+ ){0,2}?[a-z-]+)(?= (?:are|is|do|does|did|have|has|can|were|in|of|on|show|lie)\b|\?)/gi,
    ),
  ].flatMap(([, words = '']) => wordsIn(words, 'mention').at(-1) ?? [])

/** Whether what was concluded can only be read as another answer than the given one. In doubt it is not. */
export function isAnother(conclusion: string, given: string, task: Task): boolean {
  if (isRight(conclusion, { ...task, answer: given })) return false
  if (task.choices) return isAnotherOption(conclusion, given, task, task.choices)
  if (task.answerType === 'boolean') {
    const word = /^[*"'“‘`\s]*(yes|no|true|false)\b/i.exec(conclusion)?.[1]
    return word !== undefined && !isRight(word, { ...task, answer: given })
  }
  const [said, own] = [numeralsIn(conclusion), numeralsIn(given)]
  if (own.length > 0 && own.length === said.length) return !areNear(said, own)
  if (own.length > 0 || said.length > 0) return false
  return (
    (isQuoted(conclusion) && !shareWords(conclusion, given)) ||
    (isName(conclusion) && isName(given) && !mayBeSame(conclusion, given)) ||
    areAlternatives(plain(conclusion), plain(given), task.question)
  )
}

/** An option by its words or its letter, other than the given one. */
function isAnotherOption(conclusion: string, given: string, task: Task, choices: string[]): boolean {
  const same = (option: string, answer: string) => isRight(answer, { ...task, answer: option })
  return choices.some(option => same(option, conclusion) && !same(option, given))
}

/** The same numbers, in whatever order. */
function areNear(some: readonly Numeral[], others: readonly Numeral[]): boolean {
  const sorted = (numerals: readonly Numeral[]) => numerals.map(({ value }) => value).sort((a, b) => a - b)
  const pairs = sorted(others).map((value, index) => [sorted(some)[index] ?? 0, value] as const)
  return pairs.every(([a, b]) => isNear(a, b))
}

/** Rounded, in thousands or as a percentage it may be the same number. */
const isNear = (a: number, b: number): boolean =>
  [1, 100, 0.01, 1e3, 1e-3, 1e6, 1e-6].some(
    factor =>
      Math.abs(a * factor - b) <= 0.05 * Math.abs(b) &&
      (factor !== 1 || !Number.isInteger(a) || !Number.isInteger(b) || a === b),
  )

const isQuoted = (text: string): boolean => /^(?:\*\*[^*]+\*\*|"[^"]+"|“[^”]+”)$/.test(text)

/** A name and nothing else: capital letters, with small words between. */
const isName = (text: string): boolean =>
  /^(?:the )?\p{Lu}[\p{L}’'.-]*(?: (?:(?:of|the|and|de|la|le|da|do|du|von|van) )*\p{Lu}[\p{L}’'.-]*)*$/u.test(
    text,
  ) && !/['’]s\b/.test(text)

/** One name may be short for the other, or derived from it: `USA`, `Italian` of `Italy`. */
function mayBeSame(a: string, b: string): boolean {
  const initials = (text: string) => (text.match(/\b\p{Lu}/gu) ?? []).join('')
  const letters = (text: string) =>
    plain(text)
      .replace(/^the /, '')
      .replace(/[^\p{L}]/gu, '')
  const [one, other] = [letters(a), letters(b)]
  return (
    shareWords(a, b) ||
    one.slice(0, 3) === other.slice(0, 3) ||
    one.includes(other) ||
    other.includes(one) ||
    initials(a).toLowerCase() === other ||
    initials(b).toLowerCase() === one
  )
}

const colours = new Set('red orange yellow green blue purple pink brown black white grey'.split(' '))

/** Two colours, or two of the words that the question chooses between. */
function areAlternatives(a: string, b: string, question: string): boolean {
  if (a === b) return false
  const pair = [a, b]
  return (
    pair.every(word => colours.has(word)) ||
    (/\bor\b/i.test(question) &&
      pair.every(word =>
        plain(question)
          .split(/[^\p{L}]+/u)
          .includes(word),
      ))
  )
}

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\p{M}*"'“”.!]/gu, '')
    .trim()
    .toLowerCase()

function shareWords(a: string, b: string): boolean {
  const words = (text: string): string[] => text.toLowerCase().match(/\p{L}{2,}/gu) ?? []
  return words(a).some(word => words(b).includes(word))
}
