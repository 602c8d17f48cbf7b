import { shortened } from '../schemas/input-error.ts'
import { ValueError } from './field-values.ts'
import type { TaskDraft } from './source.ts'

/**
 * Where data sets and trainers write that an image stands: `<image>` (LLaVA, LLaMA-Factory, verl, ms-swift),
 * `<image 1>` and `<image1>` (MMMU, MathVision), `<img>path</img>` (Qwen-VL), `(<image>./</image>)` (MiniCPM-V),
 * `<|vision_start|><|image_pad|><|vision_end|>` (Qwen2-VL), `<|image_1|>` (Phi), `<start_of_image>` (Gemma),
 * `[IMG]` (Pixtral). Its only group is the number.
 */
const placeholders = new RegExp(
  [
    String.raw`(?:<\|vision_start\|>|<\|begin_of_image\|>|<im_start>)?(?:`,
    String.raw`<img>[^<>\n]*</img>|\(?<image>(?:\./)?</image>\)?`,
    String.raw`|<\|?(?:image|img)(?:[ _-]?(\d{1,2}))?\|?\s*/?>`,
    String.raw`|<\|image_pad\|>|<\|?image[_-]placeholder\|?>|<ImageHere>|<start_of_image>|(?-i:\[IMG\])`,
    String.raw`)(?:<\|vision_end\|>|<\|end_of_image\|>|<im_end>)?`,
  ].join(''),
  'gi',
)

export type Wording = Pick<TaskDraft, 'question' | 'choices'>

/**
 * A question without the placeholders of its images: before and after it they are left out, within it and in choices
 * they become "image 1". The same object where there is none. Throws ValueError where they do not fit the images.
 */
export function withoutPlaceholders(asked: Wording, images: number): Wording {
  const { question, choices } = asked
  const marks = [question, ...(choices ?? [])].flatMap(text => [...text.matchAll(placeholders)])
  if (marks.length === 0) return asked
  const name = namesFor(marks, images)
  // The question first, since names are given in order.
  const plain = renamed(question, name, true)
  return { question: plain, choices: choices?.map(choice => renamed(choice, name, false)) ?? null }
}

/** What an image is called by its number, as written; one without a number is the next. */
type NameOf = (number: string | undefined) => string

const nameOf = (number: number): string => `image ${number}`

function namesFor(marks: readonly RegExpExecArray[], images: number): NameOf {
  const numbers = marks.flatMap(([, number]) => (number === undefined ? [] : [Number(number)]))
  const first = numbers.includes(0) ? 0 : 1
  const fit =
    numbers.length === 0
      ? marks.length === images
      : numbers.length === marks.length && numbers.every(number => number < first + images)
  if (!fit) throw new ValueError(unfit(marks, images))
  let next = 0
  return number => nameOf(number === undefined ? ++next : Number(number) - first + 1)
}

function unfit(marks: readonly RegExpExecArray[], images: number): string {
  const written = shortened([...new Set(marks.map(([mark]) => mark))].join(', '))
  return (
    `marks images ${marks.length === 1 ? 'once' : `${marks.length} times`} (${written}), but the row has ${images}; ` +
    "correct the row, or set placeholders: 'keep'"
  )
}

/**
 * Apart from the sentence, at its ends, placeholders in order only say where images go; that is before the question
 * here.
 */
function renamed(text: string, name: NameOf, isQuestion: boolean): string {
  const parts = text.split(placeholders)
  const texts = parts.filter((_, index) => index % 2 === 0)
  const names = parts.filter((_, index) => index % 2 === 1).map(name)
  if (names.length === 0) return text
  const begins = texts.findIndex(each => each.trim() !== '')
  const ends = texts.findLastIndex(each => each.trim() !== '')
  const isBefore = isQuestion && !/^[^\S\n]+\p{Ll}/u.test(texts[begins] ?? '')
  const isAfter = isQuestion && !/[\p{L}\p{N},][^\S\n]*$/u.test(texts[ends] ?? '')
  const met = new Set<string>()
  const kept = names.map((each, index) => {
    const isApart = (isBefore && (begins < 0 || index < begins)) || (isAfter && index >= ends)
    const isNext = each === nameOf(met.size + 1)
    met.add(each)
    return isApart && isNext ? '' : each
  })
  return spaced(texts.flatMap((each, index) => [each, kept[index] ?? '']))
}

/** The texts in a row, words apart from each other. */
const spaced = (texts: readonly string[]): string =>
  texts
    .filter(text => text !== '')
    .map((text, index, all) => (/\w$/.test(all[index - 1] ?? '') && /^\w/.test(text) ? ` ${text}` : text))
    .join('')
    .trim()
