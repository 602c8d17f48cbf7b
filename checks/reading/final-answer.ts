import type { Task } from '../../schemas/task.ts'
import { sentencesOf } from '../../words/sentences.ts'
import { wordsIn } from '../../words/words.ts'
import { concluded, isName, plainName, unreal } from './conclusion.ts'

/** Characters of an answer that stands alone. */
const longest = 60

const unsure =
  /\b(?:not|n['’]t|if|whether|would|could|might|may|maybe|perhaps|probably|cannot|unable|unsure|seems?|looks?|appears?|think|guess|believe)\b|\?/i

/**
 * The final answer of a text that has no answer tags: stated outright as in "The answer is 4", by its last sentence as
 * in "The capital of France is Paris", or the whole text where that is nothing else. Null where there is none, or where
 * the text is not sure of it.
 */
export function finalAnswer(text: string, { question }: Pick<Task, 'question'>): string | null {
  const bared = text.replace(/\*\*|__|`/g, '').trim()
  const last = sentencesOf(bared).at(-1)?.trim() ?? ''
  const closed = (sentence: string) => closing(sentence, question)
  const stated = concluded(text, closed) ?? concluded(`So ${uncapital(last)}`, closed)
  if (stated !== null || unsure.test(last)) return stated
  return bare(bared) ?? said(last)
}

const uncapital = (sentence: string): string =>
  sentence.replace(/^(?:The|There|It|This|That)\b/, word => word.toLowerCase())

/** A text of a few words that is no sentence. */
const bare = (text: string): string | null =>
  text.length <= longest && !/\n| = |: |\b(?:is|are|was|were|has|have|see|count)\b|[.!]\s/.test(text)
    ? text.replace(/[.!]+$/, '') || null
    : null

/** What a sentence says of its subject. */
function said(sentence: string): string | null {
  const told = /^.+?(?:\b(?:is|are|was|were|equals|shows|has|says|reads)\b|[:=]) +(.+?)[.!]*$/i.exec(
    sentence,
  )?.[1]
  return told !== undefined && told.length <= longest ? told : null
}

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
  colours.has(plainName(text)) ||
  wordsIn(question, 'mention').includes(
    /^(?!(?:over|under|above|below|at|than|within|from)\b)(\p{L}+) \d/iu.exec(text)?.[1] ?? '',
  ) ||
  (isName(text.replace(/[.!]+$/, '')) && !/(?:ish|ese|an|ch|i|ic|man|eek|iss)[.!]*$/i.test(text))

const colours = new Set('red orange yellow green blue purple pink brown black white grey'.split(' '))

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
