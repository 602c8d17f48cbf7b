import { type FileHandle, open } from 'node:fs/promises'
import { fromConfig } from '../../schemas/config-folder.ts'
import { isObject, type Json, type JsonObject, parseJson } from '../../schemas/json.ts'
import { closed, readOptions } from '../../schemas/options.ts'
import { Files, openFiles, patternsOf, type TaskFile } from '../../tasks/files.ts'
import type { Reach } from '../../tasks/remote/reach.ts'
import type { Problem } from '../../tasks/source.ts'
import { tellChat } from '../chat.ts'
import { noteFile } from '../note-file.ts'
import { RolloutOptions } from '../options.ts'
import { fieldsIn, itemsIn, plainRow, textAs } from '../row.ts'
import { picturesOfRow } from '../row-pictures.ts'
import { rowDraft, rowsOfFile } from '../row-rollouts.ts'
import type { RolloutDraft, RolloutSource } from '../source.ts'
import { openTelling } from '../telling.ts'
import { ZipError, type ZipMember, zipMembers } from '../zip-members.ts'

const format = { name: 'inspect_log', profile: 'kindling', images: 'images' } as const

/**
 * Rollouts of Inspect's evaluations (inspect_ai 0.3): `.eval`, a zip with a JSON document for each sample, or one
 * document in JSON with all of them. The pictures of a sample stand once each in its `attachments`. An epoch is a
 * sample of its question. `answer: 'target'` takes its target for the key.
 */
export function inspectLog(files: Files, given: RolloutOptions = {}): RolloutSource {
  readOptions('inspectLog', closed({ files: Files }), { files })
  const options = readOptions('inspectLog', RolloutOptions, given)
  return {
    name: format.name,
    options: JSON.parse(JSON.stringify({ files: patternsOf(files), ...options })),
    read: reach => readLogs(files, options, reach),
  }
}

/** Bytes of a sample, unpacked: its pictures stand in it. */
const largestSample = 500_000_000

async function* readLogs(
  files: Files,
  options: RolloutOptions,
  reach?: Reach,
): AsyncGenerator<RolloutDraft | Problem> {
  for await (const file of openFiles(files, { reach, kind: { name: 'eval', endings: /\.(eval|json)$/i } })) {
    if ('problem' in file) {
      yield file
      continue
    }
    if (/\.json$/i.test(file.path)) yield* readDocument(file, options)
    else {
      await using opened = await open(file.path)
      yield* readLog(opened, file, options)
    }
    await noteFile(file, reach)
  }
}

/** A log in JSON. A file of something else costs itself. */
async function* readDocument(file: TaskFile, options: RolloutOptions) {
  for await (const entry of rowsOfFile(file)) {
    if ('problem' in entry) {
      yield entry
      continue
    }
    const { eval: evaluation, samples } = plainRow(entry.row)
    const model = textAs(fieldsIn(evaluation).model)
    if (itemsIn(samples).length === 0)
      yield { place: file.shown, problem: 'has no samples; name another format or file' }
    for (const [index, sample] of itemsIn(samples).entries())
      yield draftOf(sample, { file, number: index + 1, model, options })
  }
}

async function* readLog(opened: FileHandle, file: TaskFile, options: RolloutOptions) {
  try {
    const members = await zipMembers(opened)
    const header = members.find(({ name }) => name === 'header.json' || name === '_journal/start.json')
    const model = textAs(fieldsIn(fieldsIn(header && (await jsonOf(header))).eval).model)
    const samples = members.filter(({ name }) => /^samples\/.*\.json$/.test(name))
    if (samples.length === 0)
      yield { place: file.shown, problem: 'has no samples; name another format or file' }
    for (const [index, sample] of samples.entries())
      yield await draftIn(sample, { file, number: index + 1, model, options })
  } catch (error) {
    if (!(error instanceof ZipError)) throw error
    yield { place: file.shown, problem: error.message }
  }
}

const jsonOf = async (member: ZipMember): Promise<Json | undefined> =>
  parseJson((await member.bytes(largestSample)).toString('utf8'))

interface InLog {
  file: TaskFile
  number: number
  model: string
  options: RolloutOptions
}

async function draftIn(member: ZipMember, log: InLog): Promise<RolloutDraft | Problem> {
  try {
    return draftOf(await jsonOf(member), log)
  } catch (error) {
    if (!(error instanceof ZipError)) throw error
    return { place: placeOf(log), problem: error.message }
  }
}

const placeOf = ({ file, number }: InLog): string => `${file.shown}:${number}`

function draftOf(sample: Json | undefined, log: InLog): RolloutDraft | Problem {
  const { file, number, model, options } = log
  if (!isObject(sample)) return { place: placeOf(log), problem: 'is not JSON; fetch the file again' }
  return rowDraft({ ...format, read: row => told(row, model, file, options) }, options, {
    file,
    number,
    row: sample,
  })
}

function told(sample: JsonObject, model: string, file: TaskFile, options: RolloutOptions) {
  const messages = itemsIn(attached(sample.messages ?? null, fieldsIn(sample.attachments))).map(fieldsIn)
  if (messages.length === 0) return 'has no messages; leave the sample out'
  const folder = options.images === undefined ? file.folder : fromConfig(options.images)
  const telling = openTelling()
  tellChat(messages, telling, picturesOfRow(null, file.shown, folder))
  const cut = itemsIn(fieldsIn(sample.output).choices).map(fieldsIn).at(-1)?.stop_reason
  const last = telling.last()
  if (last && (cut === 'max_tokens' || cut === 'model_length')) last.cut = true
  const epoch = typeof sample.epoch === 'number' ? sample.epoch : 1
  return telling.end({
    tools: [],
    id: String(sample.id ?? ''),
    sample: Math.max(0, Math.trunc(epoch) - 1),
    model: model || 'unknown',
  })
}

/** With the attachments in the place of their names. */
function attached(value: Json, attachments: JsonObject): Json {
  if (typeof value === 'string') {
    const [, name = ''] = /^attachment:\/\/(.+)$/.exec(value) ?? []
    return attachments[name] ?? value
  }
  if (Array.isArray(value)) return value.map(each => attached(each, attachments))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, attached(each as Json, attachments)]),
  )
}
