import Type from 'typebox'
import { arithmeticReader } from '../answers/reading/arithmetic.ts'
import type { Expression } from '../answers/reading/expression.ts'
import { Unreadable } from '../answers/reading/lexer.ts'
import { factory, noOptions } from '../schemas/options.ts'
import { defineTool, Tool, ToolError } from './tool.ts'

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

/** Characters. */
const longest = 1000

/** A calculator with 15 significant digits, as an example of a tool of one's own. Nothing is ever evaluated as code. */
export const calculator = factory(Tool, 'calculator', noOptions, () =>
  defineTool({
    name: 'calculator',
    description: 'Calculate the value of an arithmetic expression, with angles in radians.',
    args,
    options: {},
    stateful: false,
    repeatable: true,
    run: async ({ expression }) => ({
      parts: [{ type: 'text', text: written(calculate(expression)) }],
      data: null,
      mistake: null,
    }),
  }),
)

/** Without the noise in the last digits that 0.1 + 0.2 shows; whole numbers as they are. */
const written = (value: number) => String(Number.isSafeInteger(value) ? value : Number(value.toPrecision(15)))

const read = arithmeticReader({
  constants: new Set(constants.keys()),
  functions: new Map([...functions].map(([name, apply]) => [name, apply.length > 1 ? 'several' : 'one'])),
})

/** Throws ToolError, which says where, for what is no expression and for what has no finite value. */
export function calculate(expression: string): number {
  if (expression.length > longest)
    throw new ToolError(`The expression has ${expression.length} characters; at most ${longest} are taken.`)
  const value = worth(readable(expression))
  if (Number.isFinite(value)) return value
  throw new ToolError('The expression has no finite value: it divides by zero, overflows, or is undefined.')
}

function readable(expression: string): Expression {
  try {
    return read(expression.toWellFormed())
  } catch (error) {
    throw error instanceof Unreadable ? new ToolError(error.message) : error
  }
}

const operators = new Map<string, (...values: number[]) => number>([
  ['+', (a = 0, b = 0) => a + b],
  ['*', (a = 0, b = 0) => a * b],
  ['/', (a = 0, b = 0) => a / b],
  ['%', (a = 0, b = 0) => a % b],
  ['^', (a = 0, b = 0) => a ** b],
  ['neg', (a = 0) => -a],
  ...functions,
])

function worth(of: Expression): number {
  if (of.kind === 'number') return Number(of.digits)
  if (of.kind === 'name') return constants.get(of.name) ?? Number.NaN
  return operators.get(of.operator)?.(...of.to.map(worth)) ?? Number.NaN
}
