import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import Value from 'typebox/value'
import { InputError } from '../schemas/input-error.ts'
import { parseJson } from '../schemas/json.ts'
import type { Usage } from '../schemas/reply-use.ts'
import type { Named } from '../schemas/trajectory.ts'

const closed = { additionalProperties: false }
const Usd = Type.Number({ minimum: 0 })

/**
 * USD per million tokens. Tokens that come from a provider's cache have a price of their own (that of `input` if it is
 * left out), and so have tokens written into it.
 */
const rates = { input: Usd, cachedInput: Type.Optional(Usd), cacheWrite: Usd, output: Usd }

/** What models cost. Reasoning tokens are output. */
const Price = Type.Object(
  {
    /** Names as a config gives them. One that ends in `*` stands for every name that begins so. */
    models: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
    /** The day on which the source said so. */
    date: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$' }),
    source: Type.String({ minLength: 1 }),
    ...rates,
    /** USD for each image sent, where a provider charges for images beside their tokens. */
    perImage: Type.Optional(Usd),
    /** The most input tokens that one image can be counted as. */
    imageTokens: Type.Optional(Type.Integer({ minimum: 0 })),
    /** What a whole call costs whose input is longer than `over` tokens. */
    long: Type.Optional(Type.Object({ over: Type.Integer({ minimum: 0 }), ...rates }, closed)),
  },
  closed,
)
export type Price = Static<typeof Price>

const text = Type.Optional(Type.String())
const PriceFile = Type.Object({ unit: text, note: text, prices: Type.Array(Price) }, closed)

/** Prices in the order in which they are looked through: a user's own before those that come with kindling. */
export type Prices = readonly (readonly Price[])[]

/** What was looked up: there is a call for every row. */
const lookedUp = new WeakMap<Prices, Map<string, Price | undefined>>()

/** The price of a model: of the first list that knows its name, or else the longest beginning of it. */
export function priceOf(prices: Prices, model: string): Price | undefined {
  const known = lookedUp.get(prices) ?? new Map<string, Price | undefined>()
  lookedUp.set(prices, known)
  if (!known.has(model)) known.set(model, priceIn(prices, model))
  return known.get(model)
}

function priceIn(prices: Prices, model: string): Price | undefined {
  for (const list of prices) {
    const fits = (name: string) =>
      name === model || (name.endsWith('*') && model.startsWith(name.slice(0, -1)))
    const named = list.flatMap(price => price.models.filter(fits).map(name => ({ name, price })))
    const exact = named.find(({ name }) => name === model)
    const [longest] = named.sort((a, b) => b.name.length - a.name.length)
    if (longest) return (exact ?? longest).price
  }
  return undefined
}

/** The model a teacher asks: the name its price is known by. */
export const modelOf = ({ name, options }: Named): string =>
  typeof options.model === 'string' ? options.model : name

/** What one call cost, in USD. */
export function usdOf({ usage, images }: { usage: Usage; images: number }, price: Price): number {
  const { input, output, cached, cacheWrite = 0 } = usage
  const rates = price.long && input > price.long.over ? price.long : price
  const plain = Math.max(0, input - cached - cacheWrite)
  const tokens =
    plain * rates.input +
    cached * (rates.cachedInput ?? rates.input) +
    cacheWrite * rates.cacheWrite +
    output * rates.output
  return tokens / 1e6 + images * (price.perImage ?? 0)
}

const shipped = join(import.meta.dirname, 'prices.json')

/**
 * The prices that come with kindling, behind those of a user's own file. Throws InputError where one is not a price
 * file.
 */
export async function readPrices(path?: string): Promise<Prices> {
  return Promise.all((path ? [path, shipped] : [shipped]).map(readFileOf))
}

async function readFileOf(path: string): Promise<Price[]> {
  const text = await readFile(path, 'utf8').catch(error => {
    throw new InputError([`prices: ${path} cannot be read (${error.code}); give the path of a price file`])
  })
  const file = parseJson(text)
  if (Value.Check(PriceFile, file)) return file.prices
  throw new InputError(faultsOf(file).map(fault => `prices: ${path}: ${fault}; see teachers/prices.json`))
}

/** All that is wrong, each once. An unknown key is told of itself and of what holds it. */
const faultsOf = (file: unknown): string[] =>
  Value.Errors(PriceFile, file)
    .filter(({ keyword }) => keyword !== 'boolean')
    .map(({ instancePath, message, params }) => {
      const keys = 'additionalProperties' in params ? ` (${params.additionalProperties})` : ''
      return `${instancePath.slice(1).replaceAll('/', '.') || 'it'} ${message}${keys}`
    })
