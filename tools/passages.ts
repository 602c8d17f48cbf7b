import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import Type from 'typebox'
import { validator } from '../schemas/validate.ts'
import { InputError } from '../tasks/problem.ts'
import type { Passage } from './text-corpus.ts'

const Line = Type.Object({
  id: Type.String({ minLength: 1 }),
  title: Type.String(),
  text: Type.String(),
  licence: Type.Optional(Type.String()),
  source: Type.Optional(Type.String()),
})
const check = validator(Line)

/**
 * Passages from a file with one JSON object a line, gzipped if its name ends in .gz; other fields are ignored. Reading
 * throws InputError for a file that cannot be read and for the first line that is no passage.
 */
export function jsonlPassages(file: string): AsyncIterable<Passage> {
  return { [Symbol.asyncIterator]: () => read(file) }
}

async function* read(file: string): AsyncGenerator<Passage> {
  let number = 0
  for await (const line of linesOf(file)) {
    number++
    if (line.trim() !== '') yield parsed(line, `${file}:${number}`)
  }
}

function parsed(line: string, place: string): Passage {
  const checked = check(json(line, place))
  if (!checked.ok) throw new InputError([`${place}: this is no passage: ${checked.field} ${checked.message}`])
  const { id, title, text, licence, source } = checked.value
  return { id, title, text, licence, source }
}

function json(line: string, place: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new InputError([`${place}: this line is not JSON; each line is an object with id, title and text`])
  }
}

/** Split at line feeds only: JSON may hold the other characters that readline takes for line ends. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = ''
  try {
    for await (const chunk of opened(file)) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } catch (error) {
    throw new InputError([`${file}: cannot be read (${error instanceof Error ? error.message : error})`])
  }
  if (rest !== '') yield rest
}

function opened(file: string): Readable {
  const bytes = createReadStream(file)
  if (!file.endsWith('.gz')) return bytes.setEncoding('utf8')
  const text = createGunzip().setEncoding('utf8')
  bytes.on('error', error => text.destroy(error)).pipe(text)
  return text
}
