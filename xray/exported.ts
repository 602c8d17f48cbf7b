import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'
import { fieldsIn, type PlainRow, plainRow } from '../rollouts/row.ts'
import { InputError } from '../schemas/input-error.ts'
import { isObject, type JsonObject } from '../schemas/json.ts'
import { jsonlRows } from '../tasks/jsonl.ts'
import { parquetRows } from '../tasks/parquet.ts'
import type { Sample, TargetRow } from './sample.ts'
import type { Trainer } from './trainer.ts'

/** Targets that say what was said in words of their own. */
const ownWords = ['deepeyes_sft', 'openai']

/**
 * So many rows of a trainer’s target, spread evenly over all. `path` is an export, of which the first target is taken
 * that is made for the trainer, or the folder of one target, whichever it is made for. Throws InputError.
 */
export async function sampleOf(path: string, trainer: Trainer, count: number): Promise<Sample> {
  const folder = targetFolder(path, trainer)
  const shards = shardsIn(folder)
  const keys = await Promise.all(shards.map(keysIn))
  const total = keys.reduce((sum, each) => sum + each.length, 0)
  if (total === 0) throw new InputError([`${folder} has no rows; give an export that has some`])
  const chosen = new Set(spread(total, count))
  const rows: TargetRow[] = []
  let first = 0
  for (const [index, shard] of shards.entries()) {
    const { length } = keys[index] ?? []
    const here = new Set([...chosen].map(at => at - first).filter(at => at >= 0 && at < length))
    if (here.size > 0) rows.push(...(await rowsAt(shard, here)))
    first += length
  }
  const target = basename(folder)
  return {
    target,
    folder,
    settings: settingsIn(folder),
    of: total,
    rows: ownWords.includes(target) ? rows : await withViews(rows, dirname(folder)),
  }
}

/** Evenly spread places, the first among them. */
export const spread = (total: number, count: number): number[] =>
  Array.from({ length: Math.min(total, count) }, (_, index) =>
    Math.floor((index * total) / Math.min(total, count)),
  )

function targetFolder(path: string, { name, targets }: Trainer): string {
  const own = targets.map(target => join(path, target)).find(folder => existsSync(folder))
  if (own) return own
  const inside = globSync('*/**/*.{parquet,jsonl}', { cwd: path }).map(file => file.split('/')[0] ?? '')
  const isTarget = !existsSync(join(path, 'manifest.json')) && shardsIn(path).length > 0
  if (isTarget) return path
  const there = [...new Set(inside)].sort().join(', ')
  throw new InputError([
    `${path} has no target for ${name} (${targets.join(', ')}); ${
      there
        ? `there are ${there}: export one for it, or give the folder of one of these`
        : 'give the folder of an export'
    }`,
  ])
}

/** Of all YAML files of a target together. */
function settingsIn(folder: string): JsonObject {
  const files = globSync('*.{yaml,yml}', { cwd: folder }).sort()
  const read = files.map(file => parse(readFileSync(join(folder, file), 'utf8')))
  return Object.assign(
    {},
    ...read.filter(isObject).flatMap(each => [...Object.values(each).filter(isObject), each]),
  )
}

const shardsIn = (folder: string): string[] =>
  globSync('**/*.{parquet,jsonl}', { cwd: folder })
    .sort()
    .map(file => join(folder, file))

async function* rowsIn(path: string, columns: string[] | null): AsyncGenerator<Record<string, unknown>> {
  const file = { path, shown: path }
  for await (const each of path.endsWith('.parquet') ? parquetRows(file, columns) : jsonlRows(file)) {
    if ('problem' in each) throw new InputError([`${each.place}: ${each.problem}`])
    yield each.row
  }
}

const keysIn = (path: string): Promise<string[]> =>
  Array.fromAsync(rowsIn(path, ['key']), ({ key }) => (typeof key === 'string' ? key : ''))

async function rowsAt(path: string, places: ReadonlySet<number>): Promise<TargetRow[]> {
  const rows: TargetRow[] = []
  let at = 0
  for await (const row of rowsIn(path, null)) if (places.has(at++)) rows.push(targetRow(row, `${path}:${at}`))
  return rows
}

function targetRow(row: Record<string, unknown>, place: string): TargetRow {
  const fields = plainRow(row)
  const id = typeof fields.id === 'string' ? fields.id : place
  return { id, fields, pictures: picturesOf(row) }
}

/** Of the column, or of typed parts in base64, in their order. */
function picturesOf({ images, messages, prompt }: Record<string, unknown>): Uint8Array[] {
  const column = (Array.isArray(images) ? images : []).map(image => (isObject(image) ? image.bytes : image))
  const bytes = column.flatMap(each =>
    typeof each === 'string' ? [fromBase64(each)] : each instanceof Uint8Array ? [each] : [],
  )
  return bytes.length > 0 ? bytes : [messages, prompt].flatMap(inlinePictures)
}

const inlinePictures = (messages: unknown): Uint8Array[] =>
  (Array.isArray(messages) ? messages : [])
    .flatMap(message => (isObject(message) && Array.isArray(message.content) ? message.content : []))
    .flatMap(part => (isObject(part) ? [part.base64, isObject(part.image_url) && part.image_url.url] : []))
    .flatMap(base64 => (typeof base64 === 'string' ? [fromBase64(base64)] : []))

const fromBase64 = (text: string): Uint8Array => Buffer.from(text.replace(/^data:[^,]*,/, ''), 'base64')

/** The view says of a trajectory what was said in it, whatever the target makes of it. */
async function withViews(rows: readonly TargetRow[], folder: string): Promise<TargetRow[]> {
  const wanted = new Set(rows.map(({ fields }) => fields.key).filter(key => typeof key === 'string'))
  const views = new Map<string, PlainRow>()
  for (const shard of shardsIn(join(folder, 'hf'))) {
    if (!(await keysIn(shard)).some(key => wanted.has(key))) continue
    for await (const row of rowsIn(shard, ['key', 'trajectory', 'tools']))
      if (typeof row.key === 'string' && wanted.has(row.key)) views.set(row.key, fieldsIn(plainRow(row)))
  }
  return rows.map(row => {
    const view = views.get(String(row.fields.key))
    return view ? { ...row, view } : row
  })
}
