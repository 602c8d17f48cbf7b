import type { Json } from '../schemas/json.ts'

/** Plain data as block YAML. Texts are double-quoted as in JSON, which YAML 1.2 takes as they are. */
export function yaml(value: Json, indent = ''): string {
  if (Array.isArray(value)) return value.map(item => `${indent}- ${inner(item, `${indent}  `)}`).join('')
  if (value === null || typeof value !== 'object') return `${indent}${JSON.stringify(value)}\n`
  return Object.entries(value)
    .map(
      ([key, item]) =>
        `${indent}${key}:${isBlock(item) ? `\n${yaml(item, `${indent}  `)}` : ` ${flow(item)}`}`,
    )
    .join('')
}

/** What follows a dash: its first line stands beside it. */
const inner = (value: Json, indent: string): string =>
  isBlock(value) ? yaml(value, indent).slice(indent.length) : flow(value)

const flow = (value: Json): string => `${JSON.stringify(value)}\n`

const isBlock = (value: Json): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0
