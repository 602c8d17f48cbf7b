import Type, { type Static } from 'typebox'

const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })

/**
 * An image, by reference. The bytes lie in the store under `sha256`; they are normalised once, at intake, and the
 * sandbox and every export use exactly those bytes.
 */
export const Image = Type.Object(
  {
    sha256: Sha256,
    /** sha256 of the decoded RGBA pixels and their size: equal for two encodings of the same picture. */
    pixels: Sha256,
    mime: Type.Enum(['image/png', 'image/jpeg', 'image/webp', 'image/gif']),
    /** Pixels. */
    width: Type.Integer({ minimum: 1 }),
    /** Pixels. */
    height: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: false },
)
export type Image = Static<typeof Image>
