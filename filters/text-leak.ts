import type { Json } from '../schemas/json.ts'
import type { Task } from '../schemas/task.ts'
import { type Check, fail, pass } from './check.ts'
import { quoted } from './words.ts'

const places = ['question', 'id', 'url', 'paths', 'meta'] as const
export type LeakPlace = (typeof places)[number]

export interface TextLeakOptions {
  /**
   * Where to look: the question; the task's id; the source's address; `paths`, strings of the metadata that name a
   * file or an address; `meta`, all other metadata (where the answer's own evidence often stands, so not by default).
   */
  where?: LeakPlace[]
  /** Letters that a text must have to tell anything. */
  minLetters?: number
  /** Digits that a number must have to be there by more than chance. */
  minDigits?: number
}

/**
 * The answer does not stand in what goes with the question: in the question itself, in the task's id, in the source's
 * address or in a file's name. Whole words only, whatever joins them (`-`, `_`, `/`, `%20`); numbers digit by digit.
 * What says too little (short words, short numbers, yes
 * and no) is only found behind a word such as `answer` or `label`. In a question the answer may be one
 * of its alternatives ("France or Spain", "which of", "between … and", a list, quotes), and options name it by nature.
 *
 * It cannot see: paraphrases, translations, codes that stand for the answer, and what the picture itself says. An
 * answer that names its task's kind (`circle` of `circle/17`) is a false alarm: leave `id` out there.
 */
export const textLeak = (options: TextLeakOptions = {}): Check => {
  const { where = ['question', 'id', 'url', 'paths'], minLetters = 4, minDigits = 5 } = options
  return {
    name: 'text_leak',
    version: 2,
    options: { where, minLetters, minDigits },
    async measure({ task }) {
      const wanted = tokensOf(task.answer)
      const labelled = textsOf(task).find(
        ({ place, text }) => where.includes(place) && place !== 'question' && isLabelled(text, wanted),
      )
      if (labelled) return fail(`in_${labelled.place}`, `${labelled.path}: ${quoted(labelled.text, 160)}`)
      if (!tells(task, wanted, minLetters, minDigits))
        return pass('the answer says too little to be looked for')
      const found = textsOf(task)
        .filter(({ place }) => where.includes(place))
        .find(({ place, text }) => holds(text, wanted) && !(place === 'question' && isAsked(task)))
      return found ? fail(`in_${found.place}`, `${found.path}: ${quoted(found.text, 160)}`) : pass()
    },
  }
}

function tells(
  { answer, answerType }: Task,
  tokens: readonly string[],
  minLetters: number,
  minDigits: number,
): boolean {
  if (answerType === 'boolean' || /^(?:yes|no|true|false|none|unknown)$/i.test(answer.trim())) return false
  const letters = tokens.join('').match(/\p{L}/gu)?.length ?? 0
  const digits = answer.replace(/^0+|[^\d]/g, '').length
  return letters >= minLetters || (letters === 0 && digits >= minDigits)
}

/** Words and numbers in lower case and without accents; 1,234 is one number. */
function tokensOf(text: string): string[] {
  const plain = decoded(text)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ')
    .replace(/(?<=\d),(?=\d{3}(?!\d))/g, '')
  return plain.toLowerCase().match(/\d+\.\d+|\d+|\p{L}+/gu) ?? []
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const labels = ['answer', 'label', 'gt', 'truth', 'solution']

/** A name that says what it holds: `answer_3.png`. There even a short answer is no chance. */
const isLabelled = (text: string, wanted: readonly string[]): boolean =>
  wanted.length > 0 && labels.some(label => holds(text, [label, ...wanted]))

const holds = (text: string, wanted: readonly string[]): boolean =>
  ` ${tokensOf(text).join(' ')} `.includes(` ${wanted.join(' ')} `)

/** Whether the question may name the answer without giving it away. */
const isAsked = ({ choices, question }: Task): boolean =>
  choices !== null ||
  /\b(?:or|either|whether|between|among|which of|one of|compared?)\b|["“”:]|,[^,]+(?:,| and )/i.test(question)

interface Found {
  place: LeakPlace
  path: string
  text: string
}

function textsOf({ question, id, source, meta }: Task): Found[] {
  const deep = stringsIn(meta, 'meta').map(({ path, text }) => ({
    place: isPath(path, text) ? ('paths' as const) : ('meta' as const),
    path,
    text,
  }))
  return [
    { place: 'question', path: 'question', text: question },
    { place: 'id', path: 'id', text: id },
    ...(source.url ? [{ place: 'url' as const, path: 'source.url', text: source.url }] : []),
    ...deep,
  ]
}

function stringsIn(value: Json, path: string): { path: string; text: string }[] {
  if (typeof value === 'string' || typeof value === 'number') return [{ path, text: String(value) }]
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, item]) => stringsIn(item, `${path}.${key}`))
}

const isPath = (path: string, text: string): boolean =>
  /(?:^|[._])(?:files?|file_?names?|paths?|urls?|uris?|src|images?)(?:\.\d+)?$/i.test(path) ||
  /^https?:\/\/|^[^\s]+\.(?:png|jpe?g|webp|gif|svg|bmp|tiff?)$/i.test(text)
