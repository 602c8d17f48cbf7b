import { withoutChance } from '../checks/rerun/rerun-difference.ts'
import { pixelsOf } from '../images/pixels.ts'
import type { Cell } from '../schemas/cell.ts'
import type { Image } from '../schemas/image.ts'
import { isObject, parseJson } from '../schemas/json.ts'
import { imagesIn, type Part } from '../schemas/task.ts'

/** How a cell that was made again compares with what the row shows of it. */
export type CellAgreement =
  | { kind: 'same'; pictures: number }
  /** The same words, and pictures of other pixels that look the same. */
  | { kind: 'alike'; pictures: number }
  /** Pictures, the last digits of numbers, or the wording of an exception: what other libraries do otherwise. */
  | { kind: 'environment_differs'; detail: string }
  | { kind: 'differs'; detail: string }
  /** Something is not here that was there. */
  | { kind: 'cannot_run'; cause: string; detail: string }

/** What a row shows of a cell, and the cell as it runs here. */
export interface ComparedCell {
  shown: readonly Part[]
  now: { parts: readonly Part[]; cell: Cell }
  /** Names that the question's pictures have, or should have. */
  pictureNames: readonly string[]
  /** The code that ran before in this rollout, and its own. */
  code: string
  bytes(image: Image): Promise<Uint8Array>
}

/** Words decide. Pictures are compared where words agree. What is missing here is no difference. */
export async function compareCell(compared: ComparedCell): Promise<CellAgreement> {
  const text = textOf(compared.shown)
  const said = agreementOf(text, compared.now)
  if (said === 'same') return comparePictures(compared)
  const obstacle = obstacleIn(text, compared) ?? absentThere(text, compared)
  if (obstacle) return obstacle
  const detail = `it shows ${firstUnlike(text, textOf(compared.now.parts))}`
  return { kind: said === 'nearly' ? 'environment_differs' : 'differs', detail }
}

const textOf = (parts: readonly Part[]): string =>
  plainly(parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n'))

/**
 * Without addresses, ends of lines, the names of pictures, the numbers of results in Jupyter, and the space that keeps
 * tags of others from being read as such.
 */
const plainly = (text: string): string =>
  withoutChance(text)
    .replaceAll('\r', '')
    .replaceAll(/< (?=\/?[a-z_|])/g, '<')
    .replaceAll(/^Images:.*$/gm, '')
    .replaceAll(/^Out\[\d+\]: ?/gm, '')
    .replaceAll(/[ \t]+$/gm, '')
    .replaceAll(/\n{2,}/g, '\n')
    .trim()

const joined = (...texts: (string | null | undefined)[]): string =>
  plainly(texts.filter(text => text !== null && text !== undefined && text.trim() !== '').join('\n'))

/** What DeepEyesV2's environment says of a cell (envs/deepeyesv2). */
const blocks =
  /^(?:Code execution result:\n)?stdout:\n```\n?([\s\S]*?)\n?```\nstderr:\n```\n?([\s\S]*?)\n?```$/

/**
 * What a text says that code printed, and what it says of faults: in DeepEyesV2's blocks, or as JSON with `stdout`, as
 * NeMo Gym's and other servers answer (math_with_code). Undefined where it is neither.
 */
function streamsIn(text: string): [out: string, err: string] | undefined {
  const [all, out = '', err = ''] = blocks.exec(text) ?? []
  if (all !== undefined) return [out, err]
  const value = parseJson(text)
  if (!isObject(value) || typeof value.stdout !== 'string') return undefined
  const { stdout, result, stderr, error, traceback } = value
  const said = (...values: unknown[]) => joined(...values.map(each => (typeof each === 'string' ? each : '')))
  return [said(stdout, result), said(stderr, error, traceback)]
}

type SaidAgreement = 'same' | 'nearly' | 'other'

/** A result is written in kindling's sections, as streams apart, or as one text of what was printed. */
function agreementOf(text: string, { parts, cell }: ComparedCell['now']): SaidAgreement {
  const { stdout, result, stderr, error } = cell
  const printed = joined(stdout, result)
  const [out, err] = streamsIn(text) ?? []
  if (out !== undefined && err !== undefined) {
    const failed = joined(stderr, error?.traceback)
    const isFailed = isText(err, failed) || (error !== null && exceptionIn(err) === error.name)
    if (isText(out, printed)) return isFailed ? 'same' : 'other'
    return isFailed && isNearly(out, printed) ? 'nearly' : 'other'
  }
  const ways = [
    textOf(parts),
    printed,
    joined(stdout),
    joined(stdout, stderr),
    joined(stdout, stderr, result, error?.traceback),
  ]
  if (ways.some(way => way !== '' && isText(text, way))) return 'same'
  if (text === '' && printed === '' && !error) return 'same'
  if (error && exceptionIn(text) === error.name) return 'nearly'
  return ways.some(way => isNearly(text, way)) ? 'nearly' : 'other'
}

const cutMark = /\n?… \d+ characters left out …\n?/

/** The same text; of one that was cut, its two ends. */
function isText(shown: string, now: string): boolean {
  const [head = '', tail] = shown.split(cutMark)
  if (tail === undefined) return shown.trim() === now.trim()
  return now.startsWith(head.trim()) && now.endsWith(tail.trim())
}

const decimals = /-?\d+\.\d+(?:e[-+]?\d+)?/gi
/** Of a number, where other libraries may round otherwise. */
const nearby = 1e-6

/** The same but for the last digits of decimals. */
function isNearly(shown: string, now: string): boolean {
  const [one, other] = [shown.match(decimals) ?? [], now.match(decimals) ?? []]
  if (one.length === 0 || one.length !== other.length) return false
  if (shown.replaceAll(decimals, '#').trim() !== now.replaceAll(decimals, '#').trim()) return false
  return one.every((each, index) => isNear(Number(each), Number(other[index])))
}

const isNear = (one: number, other: number): boolean =>
  Math.abs(one - other) <= nearby * Math.max(Math.abs(one), Math.abs(other))

/** The exception that a traceback ends with; Jupyter writes a fault of syntax with a dash. */
const exceptionIn = (text: string): string | undefined =>
  text
    .split('\n')
    .findLast(line => /^[A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit|Warning)\b/.test(line))
    ?.match(/^[\w.]+/)?.[0]
    ?.split('.')
    .at(-1)

const missing: [causes: RegExp, cause: string][] = [
  [/^(ModuleNotFoundError|ImportError)$/, 'missing_library'],
  [
    /^(URLError|HTTPError|ConnectionError|ConnectionRefusedError|gaierror|MaxRetryError|NewConnectionError)$/,
    'needs_network',
  ],
  [/^(FileNotFoundError|NotADirectoryError)$/, 'needs_file'],
]

/** What the row says was not there, and is here: nothing that rests on it can be compared. */
function absentThere(text: string, { now: { cell } }: ComparedCell): CellAgreement | undefined {
  const name = exceptionIn(text) ?? ''
  const found = missing.find(([names]) => names.test(name))
  if (!found || cell.error?.name === name) return undefined
  return { kind: 'cannot_run', cause: found[1], detail: `it shows ${name}, which does not come about here` }
}

/** An exception of here that the row does not show, where something is not here that was there. */
function obstacleIn(
  text: string,
  { now: { cell }, pictureNames, code }: ComparedCell,
): CellAgreement | undefined {
  const { error } = cell
  if (!error || text.includes(error.name)) return undefined
  const detail = `${error.name}: ${error.value.slice(0, 200)}`
  const found = missing.find(([names]) => names.test(error.name))
  if (found) return { kind: 'cannot_run', cause: found[1], detail }
  if (error.name !== 'NameError') return undefined
  const [, name = ''] = /'(\w+)'/.exec(error.value) ?? []
  if (pictureNames.includes(name)) return { kind: 'cannot_run', cause: 'image_missing', detail }
  return isBound(name, code) ? undefined : { kind: 'cannot_run', cause: 'preset_missing', detail }
}

/** Whether some code of the rollout gives a name a value. */
const isBound = (name: string, code: string): boolean =>
  name === '' ||
  new RegExp(
    `\\b${name}\\b\\s*(?:=(?!=)|,[^=\\n]*=(?!=)|:[^\\n]*=)|\\b(?:def|class|as|import|for)\\s+${name}\\b`,
  ).test(code)

async function comparePictures({ shown, now, bytes }: ComparedCell): Promise<CellAgreement> {
  const [before, again] = [imagesIn(shown), now.cell.images]
  if (before.length !== again.length)
    return {
      kind: 'environment_differs',
      detail: `it shows ${before.length} pictures, and draws ${again.length}`,
    }
  const pairs = before.map((image, index) => [image, again[index] ?? image] as const)
  const others = pairs.filter(([one, other]) => one.pixels !== other.pixels)
  for (const [one, other] of others)
    if (!(await looksAlike(one, other, bytes)))
      return {
        kind: 'environment_differs',
        detail: `it shows a picture of ${sizeOf(one)}, and draws another of ${sizeOf(other)}`,
      }
  return { kind: others.length > 0 ? 'alike' : 'same', pictures: pairs.length }
}

const sizeOf = ({ width, height }: Image): string => `${width}x${height}`

/** Pixels a side at which pictures are compared, and how far their greys may lie apart on average, of 255. */
const [side, farthest] = [48, 3]

/** What is saved as JPEG looks the same and has other pixels. */
async function looksAlike(one: Image, other: Image, bytes: ComparedCell['bytes']): Promise<boolean> {
  if (one.width !== other.width || one.height !== other.height) return false
  const [a, b] = [await pixelsOf(await bytes(one), side), await pixelsOf(await bytes(other), side)]
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length <= farthest
}

/** The first line of two texts that is not the same, for a person. */
function firstUnlike(shown: string, now: string): string {
  const [a, b] = [shown.split('\n'), now.split('\n')]
  const at = a.findIndex((line, index) => line !== b[index])
  const quoted = (line: string | undefined) => JSON.stringify((line ?? '').slice(0, 100))
  return `${quoted(a[Math.max(at, 0)])}, and says ${quoted(b[Math.max(at, 0)])}`
}
