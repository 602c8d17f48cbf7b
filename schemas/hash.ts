import { hash } from 'node:crypto'

export const sha256 = (data: string | Uint8Array): string => hash('sha256', data)

/** JSON with sorted keys and without `undefined`: equal data gives equal text, whatever order it was built in. */
export const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value))

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]),
  )
}

/** sha256 of the canonical JSON. */
export const hashOf = (value: unknown): string => sha256(canonicalJson(value))
