import Type from 'typebox'
import { defineTool, type Tool, ToolError } from './tool.ts'

const constants = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
])

const { abs, ceil, cos, exp, floor, log: ln, log10, max, min, round, sin, sqrt, tan } = Math
const functions = new Map<string, (...values: number[]) => number>(
  Object.entries({ abs, ceil, cos, exp, floor, ln, log10, max, min, round, sin, sqrt, tan }),
)

const args = Type.Object(
  {
    expression: Type.String({
      description: `Numbers with + - * / % (remainder) ^ and parentheses, ${[...constants.keys(), ...functions.keys()].join(', ')}.`,
    }),
  },
  { additionalProperties: false },
)

/** Characters, and parentheses in each other. */
const longest = 1000
const deepest = 100

/** Arithmetic with 15 significant digits, as an example of a tool of one's own. Nothing is ever evaluated as code. */
export const calculator = (): Tool =>
  defineTool({
    name: 'calculator',
    description: 'Calculate the value of an arithmetic expression, with angles in radians.',
    args,
    options: {},
    stateful: false,
    run: async ({ expression }) => ({
      parts: [{ type: 'text', text: written(calculate(expression)) }],
      data: null,
      mistake: null,
    }),
  })

/** Without the noise in the last digits that 0.1 + 0.2 shows; whole numbers as they are. */
const written = (value: number) => String(Number.isSafeInteger(value) ? value : Number(value.toPrecision(15)))

/** Throws ToolError, which says where, for what is no expression and for what has no finite value. */
export function calculate(expression: string): number {
  if (expression.length > longest)
    throw new ToolError(`The expression has ${expression.length} characters; at most ${longest} are taken.`)
  const value = whole(reader(tokensOf(expression)))
  if (Number.isFinite(value)) return value
  throw new ToolError('The expression has no finite value: it divides by zero, overflows, or is undefined.')
}

interface Token {
  text: string
  /** Counted from 1. */
  at: number
}

const token = /\s*(?:(\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|[a-z]\w*|\*\*|[-+*/%^(),])|(\S))/giuy

function tokensOf(expression: string): Token[] {
  const plain = expression.toWellFormed().replaceAll('×', '*').replaceAll('÷', '/').replaceAll('−', '-')
  return [...plain.matchAll(token)].map(({ 0: all, 1: known, 2: unknown, index }) => {
    const at = index + all.length - (known ?? unknown ?? '').length + 1
    if (known === undefined) throw new ToolError(`"${unknown}" at character ${at} is not understood.`)
    return { text: known === '**' ? '^' : known.toLowerCase(), at }
  })
}

/** Where in the expression we are. */
interface Reader {
  /** The next token, if it is one of these; goes past it. */
  take(...texts: string[]): string | undefined
  /** The next token, without going past it; empty at the end. */
  peek(): string
  fail(): never
  /** Work one level deeper. */
  deeper(work: () => number): number
}

function reader(tokens: Token[]): Reader {
  let next = 0
  let depth = 0
  const peek = () => tokens[next]?.text ?? ''
  return {
    peek,
    take: (...texts) => (texts.includes(peek()) ? tokens[next++]?.text : undefined),
    fail() {
      const found = tokens[next]
      throw new ToolError(
        found
          ? `"${found.text}" at character ${found.at} is out of place.`
          : 'The expression is not complete.',
      )
    },
    deeper(work) {
      if (++depth > deepest) throw new ToolError(`The expression is nested more than ${deepest} deep.`)
      const value = work()
      depth--
      return value
    },
  }
}

function whole(from: Reader): number {
  const value = sum(from)
  return from.peek() === '' ? value : from.fail()
}

function sum(from: Reader): number {
  let value = product(from)
  for (let sign = from.take('+', '-'); sign; sign = from.take('+', '-'))
    value += sign === '+' ? product(from) : -product(from)
  return value
}

function product(from: Reader): number {
  let value = signed(from)
  for (let sign = from.take('*', '/', '%'); sign; sign = from.take('*', '/', '%')) {
    const by = signed(from)
    value = sign === '*' ? value * by : sign === '/' ? value / by : value % by
  }
  return value
}

/** Powers bind tighter than a sign before them and group from the right: -2^2 is -4, 2^3^2 is 512. */
function signed(from: Reader): number {
  if (from.take('-')) return -from.deeper(() => signed(from))
  if (from.take('+')) return from.deeper(() => signed(from))
  const base = atom(from)
  return from.take('^') ? base ** from.deeper(() => signed(from)) : base
}

function atom(from: Reader): number {
  const text = from.peek()
  if (from.take('(')) return inner(from)
  if (/^[\d.]/.test(text)) return Number(from.take(text))
  const constant = constants.get(text)
  const apply = functions.get(text)
  if (constant === undefined && !apply) return from.fail()
  from.take(text)
  return constant ?? applied(from, apply ?? from.fail())
}

/** A function's values; only `min` and `max` take several. */
function applied(from: Reader, apply: (...values: number[]) => number): number {
  if (!from.take('(')) return from.fail()
  const values = [from.deeper(() => sum(from))]
  while (apply.length > 1 && from.take(',')) values.push(from.deeper(() => sum(from)))
  return from.take(')') ? apply(...values) : from.fail()
}

function inner(from: Reader): number {
  const value = from.deeper(() => sum(from))
  return from.take(')') ? value : from.fail()
}
