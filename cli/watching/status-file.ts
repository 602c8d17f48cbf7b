import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import type { Clock } from '../../pipeline/ask/clock.ts'
import { parseJson } from '../../schemas/json.ts'
import { lazyValidator } from '../../schemas/validate.ts'
import { Now, type Tally } from './tally.ts'

const closed = { additionalProperties: false }

const Ending = Type.Object(
  { exit: Type.Integer(), text: Type.String(), /** ISO 8601. */ at: Type.String() },
  closed,
)

/** What a command says of its work in the folder of the run, for whoever looks from outside. Times are ISO 8601. */
const SavedStatus = Type.Object(
  {
    /** As it was given, and in which folder. */
    command: Type.String(),
    cwd: Type.String(),
    began: Type.String(),
    /** When this was written. */
    at: Type.String(),
    now: Now,
    /** Null until it has ended, and for ever where it was killed. */
    ended: Type.Union([Ending, Type.Null()]),
  },
  closed,
)
export type SavedStatus = Static<typeof SavedStatus>

export const statusPath = (folder: string) => join(folder, 'status.json')

const check = lazyValidator(SavedStatus)

/** What the last command said; undefined where none did, or one of another version. */
export async function savedStatus(folder: string): Promise<SavedStatus | undefined> {
  const text = await readFile(statusPath(folder), 'utf8').catch(() => '')
  const found = check(parseJson(text))
  return found.ok ? found.value : undefined
}

/** Milliseconds between two that are written. */
const pace = 5000

interface Working {
  tally: Tally
  clock: Clock
}

/** Keep a run's status written until this is disposed of; `end` says how it ended. */
export function keepStatus(folder: string, args: readonly string[], { tally, clock }: Working) {
  const over = new AbortController()
  const about = { command: commandOf(args), cwd: process.cwd(), began: new Date().toISOString() }
  let ended: SavedStatus['ended'] = null

  const save = () => put(folder, { ...about, at: new Date().toISOString(), now: tally.now(), ended })

  async function saving() {
    for (; !over.signal.aborted; await clock.sleep(pace, over.signal).catch(() => {})) await save()
  }
  const saved = saving()

  return {
    end(exit: number, text: string) {
      ended = { exit, text, at: new Date().toISOString() }
    },
    async [Symbol.asyncDispose]() {
      over.abort()
      await saved
      await save()
    },
  }
}

/** Whoever reads it sees it whole. A full disk ends a run elsewhere, not here. */
async function put(folder: string, status: SavedStatus) {
  const draft = `${statusPath(folder)}.draft`
  await writeFile(draft, `${JSON.stringify(status)}\n`)
    .then(() => rename(draft, statusPath(folder)))
    .catch(() => {})
}

/** To be pasted into a shell. */
const commandOf = (args: readonly string[]) => ['kindling', ...args.map(quoted)].join(' ')

const quoted = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
