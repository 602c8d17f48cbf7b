import { fromConfig } from '../../schemas/config-folder.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { closed, readOptions } from '../../schemas/options.ts'
import { Files, openFiles, patternsOf, type TaskFile } from '../../tasks/files.ts'
import { jsonlRows } from '../../tasks/jsonl.ts'
import type { Reach } from '../../tasks/remote/reach.ts'
import type { Problem } from '../../tasks/source.ts'
import { tellChat } from '../chat.ts'
import { noteFile } from '../note-file.ts'
import { RolloutOptions } from '../options.ts'
import { plainRow } from '../row.ts'
import { picturesOfRow } from '../row-pictures.ts'
import { rowDraft, rowFiles } from '../row-rollouts.ts'
import { sessionChat } from '../session-chat.ts'
import type { RolloutDraft, RolloutSource } from '../source.ts'
import { openTelling } from '../telling.ts'

const format = { name: 'agent_sessions', profile: 'plain', images: 'images' } as const

/**
 * Rollouts of coding agents: a file is a session of Claude Code, of Codex, or in the Hub's session trace format, and
 * each line an event of it. What subagents said is left out. They ran on somebody's own machine, and may hold secrets.
 */
export function agentSessions(files: Files, given: RolloutOptions = {}): RolloutSource {
  readOptions('agentSessions', closed({ files: Files }), { files })
  const options = readOptions('agentSessions', RolloutOptions, given)
  return {
    name: format.name,
    options: JSON.parse(JSON.stringify({ files: patternsOf(files), ...options })),
    read: reach => readSessions(files, options, reach),
  }
}

async function* readSessions(
  files: Files,
  options: RolloutOptions,
  reach?: Reach,
): AsyncGenerator<RolloutDraft | Problem> {
  for await (const file of openFiles(files, { reach, kind: rowFiles }))
    if ('problem' in file) yield file
    else {
      yield await readSession(file, options)
      await noteFile(file, reach)
    }
}

/** Letters of the lines of a session, which is held as a whole: its pictures stand in it. */
const largestSession = 200_000_000

async function readSession(file: TaskFile, options: RolloutOptions): Promise<RolloutDraft | Problem> {
  const lines: JsonObject[] = []
  let [length, unread] = [0, 0]
  for await (const entry of jsonlRows(file)) {
    if ('problem' in entry) unread++
    else {
      const line = plainRow(entry.row)
      length += JSON.stringify(line).length
      lines.push(line)
    }
    if (length > largestSession)
      return {
        place: file.shown,
        problem: `is a session of more than ${largestSession / 1e6} MB; leave it out`,
      }
  }
  const read = () => told(lines, { file, options, unread })
  return rowDraft({ ...format, read }, options, { file, number: 1, row: {} })
}

interface InFile {
  file: TaskFile
  options: RolloutOptions
  /** Lines that are no JSON. */
  unread: number
}

function told(lines: readonly JsonObject[], { file, options, unread }: InFile) {
  const session = sessionChat(lines)
  if (!session) return 'has no line of a session; name another format or leave the file out'
  const folder = options.images === undefined ? file.folder : fromConfig(options.images)
  const telling = openTelling()
  if (unread > 0) telling.lacks('lines')
  tellChat(session.messages, telling, picturesOfRow(null, file.shown, folder))
  return telling.end({ tools: [], id: session.id, ...(session.model !== '' && { model: session.model }) })
}
