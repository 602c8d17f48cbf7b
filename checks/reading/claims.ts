import { sentencesOf } from '../../words/sentences.ts'

/** A sentence that says what a tool gave. */
export interface Claim {
  sentence: string
  /** What it says was given: the words after the verb. */
  told: string
  /** `text` for what can only be read, such as an output; `any` for what may also be looked at, such as a crop. */
  subject: 'text' | 'any'
}

const readable =
  'outputs?|code|script|tool|call|execution|running (?:this|it|the code|the cell)|cell|stdout|printout|computation|calculation|program|python|search(?: results?)?|search engine|passages?|snippets?|web page|article|factbook|wikipedia'
const visible =
  'results?|observations?|crop|zoom|(?:enlarged|zoomed(?:[- ]in)?|cropped|close-up) (?:view|image|picture|part|region|area|version)|enlargement|measurements?|analysis|ocr|image search'
const telling =
  'shows?|showed|tells? (?:me|us)|told (?:me|us)|came back with|mentions?|mentioned|says?|said|prints?|printed|gives?|gave|returns?|returned|reports?|reported|states?|stated|finds?|found|confirms?|confirmed|lists?|listed|outputs?|yields?|yielded|produced'
const pattern = new RegExp(
  `\\b(?:(${readable})|(?:${visible}))\\b(?: (?:of|from|for|in|on|by|above|below)\\b[^.,;:]{0,40}?)? (?:(?:now|also|clearly|just|then|again|already) )?(?:${telling})\\b(.*)$`,
  'isu',
)

/** Things that only a tool has, with `is`. A "result" that "is" may also have been reckoned in the head. */
const had =
  /\b(outputs?|stdout|printout|results? of the (?:calculation|computation|code|script|program|cell|search)) (?:is|are|was|were)\b(.*)$/is

/** The same from the other end, and as a heading. */
const inverse = [
  new RegExp(
    `\\b(?:read|reads|see|sees|find|finds|found|took|take|got) (?<told>(?:[^.;]|\\.\\d){1,60}?) (?:in|from) (?:(?:what|which) )?(?:the |my |this )?(?:last |first )?(?:${readable})\\b`,
    'isu',
  ),
  new RegExp(`\\baccording to (?:the |this |my )?(?:last |first )?(?:${readable})\\b,?(?<told>.*)$`, 'isu'),
  /^outputs?: *(?<told>\S.*)$/is,
]

/** A plan, a condition, a wish, a question or a denial tells of nothing that was. */
const unreal =
  /\b(?:if|whether|when|once|until|unless|will|would|should|could|may|might|must|can|let|to|so that|expects?|expecting|expected (?:output|result)|suppose|assume|hope|want|need|plan|try|next|not|no|never|nothing|\w+n['’]t)\b|['’]ll\b|\?\s*$/i

export const isUnreal = (sentence: string): boolean => unreal.test(sentence)

/** Words that say a search found something. */
export const claimsMatch = (sentence: string): boolean =>
  /\b(?:closest|best|nearest|top|first|exact|good) (?:match|result|hit)\b|\bmatch(?:es|ed)\b|\b(?:I|has|have|was|were) (?:found|identified|located)\b/i.test(
    sentence,
  )

/** The sentences of a thought that report what a tool gave. English only. */
export function claimsIn(thought: string): Claim[] {
  return wholeSentences(thought).flatMap((sentence): Claim[] => {
    const match = pattern.exec(sentence) ?? had.exec(sentence)
    if (unreal.test(sentence.replace(/\baccording to\b/gi, ''))) return []
    const other = match?.[2]?.match(/\w/)
      ? undefined
      : inverse.map(each => each.exec(sentence)?.groups?.told).find(Boolean)
    if (other) return [{ sentence, told: other, subject: 'text' }]
    if (!match) return []
    return [{ sentence, told: match[2] ?? '', subject: match[1] ? 'text' : 'any' }]
  })
}

/** Characters of a sentence up to which a colon goes on with it. */
const longest = 500

/** A colon goes on with what it announces. */
function wholeSentences(thought: string): string[] {
  const whole: string[] = []
  for (const piece of sentencesOf(thought)) {
    const before = whole.at(-1)
    if (before && before.length < longest && /[:;]$/.test(before))
      whole[whole.length - 1] = `${before} ${piece}`
    else whole.push(piece)
  }
  return whole
}

/** Words of a thought that admits that something went wrong, or that looks at it critically. */
export const admits = (thought: string): boolean =>
  /\b(?:err\w*|fail\w*|wrong|mistake\w*|exception|rais\w+|traceback|broke\w*|crash\w*|try|tried|again|instead|retry|correct\w*|fix\w*|not|no|none|nothing|empty|unfortunately|without|missing|unable|cannot|typo|different|another|blank|white|black|plain|uniform|solid|single|one colou?r|timed? ?-?out|too long|lost|undefined|invalid|unknown|rather|but|however|already|earlier|previous\w*)\b|n['’]t\b/i.test(
    thought,
  )

/** The same of a picture without anything in it: it was nothing, or something else is relied on. */
export const admitsBlank = (thought: string): boolean =>
  /\b(?:blank|empty|nothing|black|white|grey|plain|uniform|solid|background|outside|beyond|miss\w*|wrong|fail\w*|again|instead|try|retry|identical|unfortunately|earlier|previous\w*|already|image_\d+|no (?:text|content|object|details?|image|picture|difference)|not (?:show\w*|contain|visible|there|help\w*|useful|work\w*))\b|n['’]t\b/i.test(
    thought,
  )

const tool = new RegExp(
  `\\b(?:${readable}|printed|returned|interpreter|console|executing|executed|search hit)\\b`,
  'iu',
)
const planned =
  /\b(?:if|whether|when|until|unless|will|would|should|could|may|might|expect\w*|suppose|assume|plan|let|not|never)\b|n['’]t\b|['’]ll\b|\?\s*$/i

/** The sentences of a thought that speak of a tool, in whatever words. A colon goes on with what it announces. */
export const toolSentences = (thought: string): string[] =>
  wholeSentences(thought).filter(sentence => tool.test(sentence) && !planned.test(sentence))

export const tellsOfPicture = (sentence: string): boolean =>
  /\b(?:picture|image|photo|crop\w*|plot\w*|chart|figure|shows?|see|looks?)\b/i.test(sentence)

/** Words of a thought that takes a call for a success. */
export const claimsSuccess = (thought: string): boolean =>
  sentencesOf(thought).some(
    sentence =>
      !unreal.test(sentence) &&
      /\b(?:succeeded|successful(?:ly)?|worked (?:well|fine|as)|as expected|is (?:now )?(?:visible|confirmed)|clearly (?:shows?|visible|see))\b/i.test(
        sentence,
      ),
  ) ||
  /\b(?:here|now),? (?:I|we|one|you) (?:can )?see\b|\bcan (?:now |clearly |exactly |plainly )+see\b|\bsee (?:exactly|clearly|plainly)\b/i.test(
    thought,
  ) ||
  claimsIn(thought).length > 0
