import { existsSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { Label } from '../labels/label.ts'
import { appendLabels, readLabels } from '../labels/label-file.ts'
import { usualRubric } from '../labels/rubric.ts'
import { regularFile } from '../output/lineage/held-manifest.ts'
import { InputError } from '../schemas/input-error.ts'
import { isObject, parseJson } from '../schemas/json.ts'
import { machineFault } from '../schemas/machine-fault.ts'
import { readOptions } from '../schemas/options.ts'
import type { DeskRoute } from './server.ts'

/** Where labels of an export are kept, and reasons that people may give. */
export interface LabelPlace {
  file: string
  rubric: readonly string[]
}

/**
 * The place for labels of the export in a folder. What was cut at the file's end is removed. Throws InputError where
 * something else is wrong with it.
 */
export async function labelPlace(folder: string, file: string): Promise<LabelPlace> {
  if (existsSync(file)) {
    // Where nothing can be written, rows can be looked at all the same.
    await appendLabels(file, []).catch(error => machineFault(error) ?? Promise.reject(error))
    readLabels(file)
  }
  return { file, rubric: await rubricIn(folder) }
}

/** That of the first filter whose options have one, as the manifest tells. */
async function rubricIn(folder: string): Promise<readonly string[]> {
  const bytes = await regularFile(join(folder, 'manifest.json'), 100_000_000)
  const manifest = bytes ? parseJson(bytes.toString()) : undefined
  const config = isObject(manifest) && isObject(manifest.config) ? manifest.config : {}
  const filters = Array.isArray(config.filters) ? config.filters : []
  const rubrics = filters.map(filter =>
    isObject(filter) && isObject(filter.options) ? filter.options.rubric : null,
  )
  const found = rubrics.find(
    rubric => Array.isArray(rubric) && rubric.every(each => typeof each === 'string'),
  )
  return (found as string[] | undefined) ?? usualRubric
}

/** What the page asks for labels, and tells of them: each is on the disk before it is answered. */
export const labelRoutes = ({ file, rubric }: LabelPlace): DeskRoute[] => [
  {
    method: 'GET',
    path: 'labels',
    async answer(_, response) {
      const labels = existsSync(file) ? readLabels(file).labels : []
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ rubric, labels }))
    },
  },
  {
    method: 'POST',
    path: 'labels',
    async answer(request, response) {
      const refused = await written(request, file)
      if (refused) say(response, refused.status, refused.why)
      else response.writeHead(204).end()
    },
  },
]

const say = (response: ServerResponse, status: number, why: string): void =>
  void response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(why)

interface Refused {
  status: 400 | 413 | 415 | 500
  why: string
}

/** Undefined where the label is in the file. A page elsewhere can send no JSON without being asked first. */
async function written(request: IncomingMessage, file: string): Promise<Refused | undefined> {
  if (!/^application\/json(;|$)/.test(request.headers['content-type'] ?? ''))
    return { status: 415, why: 'a label is JSON (application/json)' }
  const body = await bodyOf(request)
  if (body === undefined) return { status: 413, why: `a label has at most ${most} bytes` }
  try {
    await appendLabels(file, [readOptions('the label', Label, parseJson(body))])
    return undefined
  } catch (error) {
    if (error instanceof InputError) return { status: 400, why: error.message }
    return {
      status: 500,
      why: `${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? error})`,
    }
  }
}

/** Bytes: more than any label has. */
const most = 64_000

/** Undefined where it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of request) {
    length += piece.length
    if (length <= most) pieces.push(piece)
  }
  return length <= most ? Buffer.concat(pieces).toString() : undefined
}
