import type { Cell } from '../../schemas/cell.ts'
import { canonicalJson } from '../../schemas/hash.ts'
import type { Image } from '../../schemas/image.ts'
import { toldOnce } from '../../schemas/told-once.ts'
import type { Observation, Results } from '../../schemas/trajectory.ts'
import { withoutNote } from '../../tools/refused-pictures.ts'

type Data = Observation['data']

/** How the data of a call that was made again differ, in one line for a person; null if they are the same. */
export function difference(before: Data, now: Data): string | null {
  if (before?.kind === 'cell' && now?.kind === 'cell') return cellDifference(before, now)
  if (before?.kind === 'results' && now?.kind === 'results') return resultsDifference(before, now)
  return canonicalJson(before) === canonicalJson(now) ? null : `${nameOf(before)} before, ${nameOf(now)} now`
}

const nameOf = (data: Data): string => (data ? (data.kind === 'cell' ? 'a cell' : 'results') : 'no result')

type Fields<T> = Record<string, (of: T) => string | null>

const cellFields: Fields<Cell> = {
  code: cell => cell.code,
  status: cell => cell.status,
  exception: cell => cell.error?.name ?? null,
  'message of the exception': cell => cell.error && withoutChance(cell.error.value),
  stdout: cell => withoutAddresses(cell.stdout),
  stderr: cell => withoutChance(cell.stderr),
  result: cell => cell.result && withoutAddresses(cell.result),
  // Where an endless loop was interrupted is chance.
  traceback: cell => (cell.error && cell.status !== 'timeout' ? withoutChance(cell.error.traceback) : null),
}

const cellDifference = (before: Cell, now: Cell): string | null =>
  fieldDifference(cellFields, before, now) ?? imagesDifference(before.images, now.images)

const resultsFields: Fields<Results> = { provider: ({ provider }) => provider, query: ({ query }) => query }

type Result = Results['results'][number]

const resultFields: Fields<Result> = {
  id: ({ id }) => id,
  title: ({ title }) => title,
  snippet: ({ snippet }) => snippet,
  licence: ({ licence }) => licence,
  source: ({ source }) => source ?? null,
  link: ({ link }) => link ?? null,
  date: ({ date }) => date ?? null,
  score: ({ score }) => String(score),
}

function resultsDifference(before: Results, now: Results): string | null {
  const heads = fieldDifference(resultsFields, before, now)
  if (heads) return heads
  if (before.results.length !== now.results.length)
    return `${before.results.length} results before, ${now.results.length} now`
  for (const [index, result] of before.results.entries()) {
    const found = resultDifference(result, now.results[index] as Result)
    if (found) return `result ${index + 1} of ${now.results.length}: ${found}`
  }
  return null
}

const resultDifference = (before: Result, now: Result): string | null =>
  fieldDifference(resultFields, before, now) ?? imagesDifference(imagesOf(before), imagesOf(now))

const imagesOf = ({ image }: Result): Image[] => (image ? [image] : [])

type Shown = Pick<Observation, 'parts' | 'data'>

/**
 * How the text and the pictures that the teacher was shown differ, if the data are the same. Text that tells where an
 * endless loop was interrupted is not compared.
 */
export const shownDifference = (before: Shown, now: Shown): string | null =>
  (wasInterrupted(before) ? null : textDifference(textShown(before), textShown(now))) ??
  imagesDifference(picturesIn(before), picturesIn(now))

const wasInterrupted = ({ data }: Shown): boolean => data?.kind === 'cell' && data.status === 'timeout'

const textShown = ({ parts }: Shown): string =>
  withoutChance(
    withoutNote(parts)
      .flatMap(part => (part.type === 'text' ? [part.text] : []))
      .join('\n'),
  )

const picturesIn = ({ parts }: Shown): Image[] =>
  parts.flatMap(part => (part.type === 'image' ? [part.image] : []))

function fieldDifference<T>(fields: Fields<T>, before: T, now: T): string | null {
  for (const [name, field] of Object.entries(fields)) {
    // Services of others may leave out what a result has to say.
    const found = textDifference(field(before) ?? null, field(now) ?? null)
    if (found) return `${name} ${found}`
  }
  return null
}

function imagesDifference(before: Image[], now: Image[]): string | null {
  if (before.length !== now.length) return `${before.length} images before, ${now.length} now`
  const other = before.findIndex((image, index) => image.pixels !== now[index]?.pixels)
  return other < 0 ? null : `image ${other + 1} of ${before.length} has other pixels`
}

/** The first line that differs, or null. */
function textDifference(before: string | null, now: string | null): string | null {
  const [a, b] = [linesOf(before), linesOf(now)]
  const line = Array.from({ length: Math.max(a.length, b.length) }).findIndex((_, i) => a[i] !== b[i])
  return line < 0 ? null : `line ${line + 1} was ${quote(a[line], b[line])}, now ${quote(b[line], a[line])}`
}

const linesOf = (text: string | null): string[] => (text === null ? [] : text.split('\n'))

/**
 * An address differs from process to process. Python shows it in `<… at 0x…>`; any other hexadecimal number is
 * something that the code computed.
 */
const withoutAddresses = (text: string): string =>
  text.replace(/(?<=<[^\n]{0,300}\bat )0x[0-9a-f]{7,16}(?=>|[ ,;:][^\n]{0,300}>)/gi, '0x…')

/** What libraries say of the time, and where they are installed: `[pattern, instead]`. */
const chances: [RegExp, string][] = [
  // OpenCV's lines begin with the seconds since it was loaded.
  [/(?<=^\[ ?(?:FATAL|ERROR| ?WARN| ?INFO|DEBUG):\d+@)\d+\.\d+(?=\])/gm, '…'],
  // Where a warning was raised, if not in a cell.
  [/^\/\S*(?=\/[^\s/]+:\d+: \w*Warning\b)/gm, '…'],
  [/(?<=^ *File ")\/[^\n"]*(?=\/[^\n"/]+", line \d+)/gm, '…'],
]

/** A text without what is chance in it: addresses, times, and where libraries are. */
export const withoutChance = (text: string): string =>
  chances.reduce(
    (left, [pattern, instead]) => left.replace(pattern, instead),
    withoutAddresses(toldOnce(text)),
  )

/** What a person needs of a line: from just before it differs. */
function quote(line: string | undefined, other = ''): string {
  if (line === undefined) return 'missing'
  const differs = [...line].findIndex((character, index) => character !== other[index])
  const start = Math.max(0, (differs < 0 ? line.length : differs) - 40)
  return JSON.stringify(line.slice(start, start + 80))
}
