import { isWrittenNumber, type WrittenNumber, writtenNumber } from '../schemas/json.ts'

/** How deep lists and objects may lie in one another. Python's own reader of JSON gives up at about the same depth. */
export const mostLevels = 1000

/** It is JSON, but readers do not agree on what it says, or cannot hold it; the message says why and what to do. */
export class AmbiguousJson extends Error {}

type Exact = null | boolean | string | number | WrittenNumber | Exact[] | { [key: string]: Exact }

/** A list or object whose end has not been met, where it lies, and the key of its next value. */
interface Open {
  into: Exact[] | { [key: string]: Exact }
  path: string[]
  key: string | undefined
}

/**
 * What a text is in JSON, with numbers as they are written. Throws SyntaxError where it is none, and AmbiguousJson for
 * a key that is there twice and for what is nested too deep.
 */
export function exactJson(text: string): Exact {
  // It finds every fault and names it in known words. What follows only has to tell the tokens apart.
  JSON.parse(text)
  const whole: Exact[] = []
  const open: Open[] = [{ into: whole, path: [], key: undefined }]
  for (const token of tokensOf(text)) {
    const around = open.at(-1) as Open
    if (token === '}' || token === ']') open.pop()
    else if (token[0] === '"' && isKeyNext(around)) around.key = newKey(stringOf(token), around)
    else open.push(...opened(token, around))
    if (open.length > mostLevels + 1)
      throw new AmbiguousJson(`is nested deeper than ${mostLevels} levels; make it flatter`)
  }
  return whole[0] as Exact
}

/** Strings, brackets, numbers and words. Strings may be of any length, so no expression goes over them. */
function* tokensOf(text: string): Iterable<string> {
  const token = /[[\]{}"]|[^\s:,[\]{}"]+/g
  for (let found = token.exec(text); found; found = token.exec(text)) {
    if (found[0] === '"') token.lastIndex = stringEnd(text, found.index)
    yield text.slice(found.index, token.lastIndex)
  }
}

function stringEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end + 1
}

function isEscaped(text: string, at: number): boolean {
  let first = at
  while (text[first - 1] === '\\') first -= 1
  return (at - first) % 2 === 1
}

const isKeyNext = ({ into, key }: Open) => !Array.isArray(into) && key === undefined

function newKey(key: string, { into, path }: Open): string {
  if (!Object.hasOwn(into, key)) return key
  throw new AmbiguousJson(`has the key ${JSON.stringify([...path, key].join('.'))} twice; keep one of them`)
}

/** Puts the value that a token is or begins into what is around it, and gives it where its end is still to come. */
function opened(token: string, around: Open): Open[] {
  const value = started(token)
  const { path, key } = around
  put(value, around)
  const isWhole = value === null || typeof value !== 'object' || isWrittenNumber(value)
  return isWhole ? [] : [{ into: value, path: key === undefined ? path : [...path, key], key: undefined }]
}

function started(token: string): Exact {
  if (token === '{') return {}
  if (token === '[') return []
  if (token[0] === '"') return stringOf(token)
  return /^[tfn]/.test(token) ? JSON.parse(token) : writtenNumber(token)
}

const stringOf = (token: string): string => (token.includes('\\') ? JSON.parse(token) : token.slice(1, -1))

function put(value: Exact, around: Open) {
  const { into, key = '' } = around
  if (Array.isArray(into)) into.push(value)
  // Plain assignment would take it for the object's prototype.
  else if (key === '__proto__') Object.defineProperty(into, key, { value, ...asAssigned })
  else into[key] = value
  around.key = undefined
}

const asAssigned = { writable: true, enumerable: true, configurable: true }
