import { fileDigest } from '../schemas/file-hash.ts'
import { shortened } from '../schemas/input-error.ts'
import { isObject } from '../schemas/json.ts'
import { closed, readOptions } from '../schemas/options.ts'
import { mappedColumns, namedFields, type Row, TableOptions, unmapped, valueAt } from './fields.ts'
import { partitionsOf } from './file-stems.ts'
import { Files, listed, openFiles, patternsOf, type TaskFile } from './files.ts'
import type { PartsOf } from './remote/columns.ts'
import { isRemote } from './remote/places.ts'
import type { Reach } from './remote/reach.ts'
import { isPinned } from './remote/tables.ts'
import { draftOf, type Position } from './row-draft.ts'
import type { Problem, TaskDraft, TaskSource } from './source.ts'

/** A row and its number from 1, or why it is not one. */
export type Numbered = { number: number; row: Row } | Problem

/** How one kind of file gives its rows, in order. */
export type ReadRows = (file: TaskFile, columns: string[] | null) => AsyncIterable<Numbered>

/** A kind of file with rows: how their names end, and how they are read. */
export interface TableKind {
  name: string
  endings: RegExp
  rows: ReadRows
  /** Finds the parts of a file that hold some columns. */
  partsWith?(columns: string[]): PartsOf
}

/** A task source over files of rows. Throws OptionsError for options that are not what they should be. */
export function tableSource(kind: TableKind, files: Files, given: TableOptions): TaskSource {
  const { name } = kind
  readOptions(name, closed({ files: Files }), { files })
  const options: TableOptions = { rest: 'refuse', ...readOptions(name, TableOptions, given) }
  return {
    name,
    options: JSON.parse(JSON.stringify({ files: patternsOf(files), ...options })),
    ...(options.pictures && { pictures: options.pictures }),
    read: reach => readTable(files, options, kind, reach),
    ...(listed(files).every(isRemote) && { isPinned: reach => allPinned(listed(files), reach) }),
  }
}

async function allPinned(patterns: string[], reach: Reach): Promise<boolean> {
  let all = true
  for (const pattern of patterns) all = (await isPinned(pattern, reach)) && all
  return all
}

async function* readTable(files: Files, options: TableOptions, kind: TableKind, reach?: Reach) {
  const columns = columnCheck(options)
  const wanted = options.rest === 'ignore' ? columns.names : null
  const partsOf = wanted && kind.partsWith?.(wanted)
  const needed = wanted && partsOf ? { columns: wanted, partsOf } : undefined
  for await (const file of openFiles(files, { reach, kind, needed })) {
    if ('problem' in file) yield file
    else {
      let sound = true
      for await (const entry of readFileOfRows(file, options, columns, kind.rows)) {
        sound &&= !('problem' in entry)
        yield entry
      }
      if (sound && !isRemote(file.origin))
        reach?.noted?.({ path: file.origin, ...(await fileDigest(file.path)) })
    }
  }
  yield* columns.missing(patternsOf(files).join(', '))
}

async function* readFileOfRows(
  file: TaskFile,
  options: TableOptions,
  columns: ReturnType<typeof columnCheck>,
  rows: ReadRows,
): AsyncIterable<TaskDraft | Problem> {
  const partitions = partitionsOf(file, columns.names)
  const wanted = columns.names.filter(name => !Object.hasOwn(partitions, name))
  let found = false
  for await (const entry of rows(file, options.rest === 'ignore' ? wanted : null)) {
    found = true
    if ('problem' in entry) {
      yield entry
      continue
    }
    const row = { ...partitions, ...entry.row }
    const place = `${file.shown}:${entry.number}`
    const { problems, absent } = columns.check(row, place)
    yield* problems
    if (absent) continue
    const origin = { file: file.origin, row: entry.number }
    const at: Position = { place, folder: file.folder, id: `${file.stem}/${entry.number}`, origin }
    const draft = draftOf(row, at, options)
    if (Array.isArray(draft)) yield* draft
    else yield draft
  }
  if (!found) yield { place: file.shown, problem: 'has no rows; fill it or leave it out' }
}

const requiredBy = ({ images }: TableOptions) => [
  'id',
  'question',
  'answer',
  ...(images === 'optional' ? [] : ['images']),
]

/** Compares the columns of the rows with the mapping. A fault that may hold for every row is said once. */
function columnCheck(options: TableOptions) {
  const { rest } = options
  const mapped = mappedColumns(options)
  const required = requiredBy(options)
  const names = mapped.map(({ column }) => column)
  const unseen = new Set(names)
  const said = new Set<string>()
  let first: string[] | null = null

  const once = (name: string) => {
    if (said.has(name)) return false
    // Bounded, because rows may have endlessly many names; people read the first few.
    if (said.size < 1000) said.add(name)
    return true
  }

  function check(row: Row, place: string): { problems: Problem[]; absent: boolean } {
    first ??= Object.keys(row)
    for (const column of unseen) if (valueAt(row, column) !== undefined) unseen.delete(column)
    const absent = mapped.filter(
      ({ name, column, alone }) => alone && required.includes(name) && valueAt(row, column) === undefined,
    )
    const problems = absent
      .filter(({ column }) => !unseen.has(column) || once(column))
      .map(({ name, column }) => ({
        place,
        problem: noField(name, column, Object.keys(row)) + homeOf(column, row),
      }))
    const unknown = rest === 'refuse' ? unmapped(row, names).filter(once) : []
    problems.push(...unknown.map(name => ({ place, problem: unknownField(name) })))
    return { problems, absent: absent.length > 0 }
  }

  function missing(place: string): Problem[] {
    if (first === null) return []
    return mapped
      .filter(({ column }) => unseen.has(column) && once(column))
      .map(({ name, column }) => ({ place, problem: noField(name, column, first ?? []) }))
  }

  return { names, check, missing }
}

const noField = (name: string, column: string, present: string[]) =>
  `${name}: there is no field ${JSON.stringify(column)}; ${namedFields(present)}`

/** Where a row is no row but holds them. */
function homeOf(column: string, row: Row): string {
  const home = Object.keys(row).find(key => {
    const [item]: unknown[] = Array.isArray(row[key]) ? row[key] : []
    return isObject(item) && valueAt(item, column) !== undefined
  })
  return home === undefined
    ? ''
    : `; it is in the rows of ${JSON.stringify(home)}: write that list to a file of its own`
}

const unknownField = (name: string) =>
  `${shortened(name)}: is not mapped; name it in fields, or set rest: 'meta' to keep such fields or rest: 'ignore' to leave them out`
