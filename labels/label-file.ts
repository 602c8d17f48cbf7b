import { readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { sha256 } from '../schemas/hash.ts'
import { InputError } from '../schemas/input-error.ts'
import { parseJson } from '../schemas/json.ts'
import { machineFault } from '../schemas/machine-fault.ts'
import { readOptions } from '../schemas/options.ts'
import { problemList } from '../schemas/problem-list.ts'
import { Label, type LabelBook } from './label.ts'
import { rowLabel, standing } from './row-label.ts'

/** Read a `labels.jsonl`. Throws InputError with a line, such as `labels.jsonl:3: …`, for each that is wrong. */
export function readLabels(path: string, file = path): LabelBook {
  const text = textAt(path, file)
  const labels = standing(labelsIn(text, file))
  const said = Map.groupBy(labels, ({ key }) => key)
  const rows = [...said].flatMap(([key, own]) => {
    const found = rowLabel(own)
    return found ? [[key, found] as const] : []
  })
  return { file, sha256: sha256(text), labels, rows: new Map(rows) }
}

function textAt(path: string, file: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : (machineFault(error)?.words ?? message)
    throw new InputError([
      `${file}: ${why}; \`kindling view\` writes labels, and an empty file is one without any`,
    ])
  }
}

/** Every line, in order. */
function labelsIn(text: string, file: string): Label[] {
  const lines = text.split('\n')
  const problems = problemList()
  const labels = lines.flatMap((line, index) => {
    if (line.trim() === '') return []
    const where = `${file}:${index + 1}`
    const given = parseJson(line)
    if (given === undefined) {
      const isLast = index === lines.length - 1
      problems.add([`${where}: ${isLast ? torn : 'this is no JSON; mend or remove the line'}`])
      return []
    }
    try {
      return [readOptions(where, Label, given)]
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      problems.add(error.lines)
      return []
    }
  })
  problems.refuse()
  return labels
}

const torn = 'the last line was cut while it was written; remove it, and label that row again'

/** Writes into one file, one after the other. */
const writing = new Map<string, Promise<void>>()

/**
 * Add labels to a file, which need not be there yet: they are on the disk when this resolves. What was cut at its end,
 * and so was never said to be written, is removed.
 */
export async function appendLabels(path: string, labels: readonly Label[]): Promise<void> {
  const before = writing.get(path) ?? Promise.resolve()
  const mine = before.catch(() => {}).then(() => append(path, labels))
  writing.set(path, mine)
  await mine
}

async function append(path: string, labels: readonly Label[]): Promise<void> {
  await using file = await open(path, 'a+')
  const { size } = await file.stat()
  const whole = await wholeBytes(file, size)
  if (whole.bytes < size) await file.truncate(whole.bytes)
  const text = labels.map(label => `${JSON.stringify(label)}\n`).join('')
  await file.appendFile(`${whole.isOpen ? '\n' : ''}${text}`)
  await file.sync()
  // The name of a new file is on the disk when its folder is.
  if (size === 0) await syncFolder(dirname(path))
}

/** Bytes up to what was cut, and whether the last line lacks its end though it is whole. */
async function wholeBytes(
  file: Awaited<ReturnType<typeof open>>,
  size: number,
): Promise<{ bytes: number; isOpen: boolean }> {
  const most = Math.min(size, longestLine)
  const { buffer } = await file.read(Buffer.alloc(most), 0, most, size - most)
  const end = buffer.lastIndexOf(10) + 1
  if (end === most) return { bytes: size, isOpen: false }
  const isWhole = parseJson(buffer.toString('utf8', end)) !== undefined
  return isWhole ? { bytes: size, isOpen: true } : { bytes: size - most + end, isOpen: false }
}

/** Bytes: no label is longer, whatever its note needs in JSON. */
const longestLine = 64_000

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path)
  await folder.sync()
}
