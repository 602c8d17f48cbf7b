import Type, { type Static } from 'typebox'

const closed = { additionalProperties: false }

/** Tokens as the provider counts them. `cached` and `cacheWrite` are parts of `input`, `reasoning` is of `output`. */
export const Usage = Type.Object(
  {
    input: Type.Integer({ minimum: 0 }),
    output: Type.Integer({ minimum: 0 }),
    cached: Type.Integer({ minimum: 0 }),
    reasoning: Type.Integer({ minimum: 0 }),
    /** Input written into the provider's cache, where that is charged apart. */
    cacheWrite: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  closed,
)
export type Usage = Static<typeof Usage>

/** What a reply used: the tokens, and the images that were sent for it. `model` is the name its price is known by. */
export interface ReplyUse {
  model: string
  usage: Usage
  images: number
}
