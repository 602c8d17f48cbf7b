import { exactJson } from './exact-json.ts'

const python = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|\b(?:None|True|False)\b/gs
const words: Record<string, string> = { None: 'null', True: 'true', False: 'false' }

/** The list or object that a text writes down, in JSON or as Python prints it; undefined where it is none. */
export function writtenData(text: string): unknown {
  if (!/^\s*(\[.*\]|\{.*\})\s*$/s.test(text)) return undefined
  return jsonIn(text) ?? jsonIn(text.replace(python, inJson))
}

function jsonIn(text: string): unknown {
  try {
    return exactJson(text)
  } catch {
    return undefined
  }
}

const inJson = (all: string, single?: string, double?: string): string =>
  words[all] ?? `"${(single ?? double ?? '').replace(/\\(x..|.)|"/gs, escapeInJson)}"`

const escapeInJson = (all: string): string => {
  if (all === '"') return '\\"'
  if (all === "\\'") return "'"
  return all.startsWith('\\x') ? `\\u00${all.slice(2)}` : all
}
