import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { png, temporaryFolder } from '../fixtures.ts'
import { type Answer, type Arrived, call, completion, wireServer } from '../teachers/wire-server.ts'

const main = join(import.meta.dirname, '../../cli/main.ts')
export const config = 'command.config.ts'

/** The configs of these tests, as if they lay in the folder: there their paths begin. */
async function bringConfigs(folder: string) {
  for (const name of globSync('*.config.ts', { cwd: import.meta.dirname }))
    await writeFile(
      join(folder, name),
      `export { default } from ${JSON.stringify(join(import.meta.dirname, name))}`,
    )
}

export interface Ended {
  code: number | null
  out: string
  err: string
}

export interface Started {
  child: ChildProcess
  ended: Promise<Ended>
}

/** `shell`, if given, runs first in the same process. */
export interface Command {
  start(args: string[], shell?: string): Started
  kindling(args: string[], shell?: string): Promise<Ended>
}

/** The command as it is run in a folder. */
export function commandIn(folder: string, env: Record<string, string>): Command {
  const start = (args: string[], shell = ':'): Started => {
    const node = [process.execPath, '--disable-warning=ExperimentalWarning', main]
    const script = `${shell}; exec "$@"`
    const child = spawn('bash', ['-c', script, 'bash', ...node, ...args], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const said = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    return { child, ended: said.then(([out, err, [code]]) => ({ code, out, err })) }
  }
  return { start, kindling: (args, shell) => start(args, shell).ended }
}

/** Where a command is run: a folder of its own and a teacher's server. */
export interface Place extends AsyncDisposable, Command {
  folder: string
  /** Where the teacher listens. */
  url: string
  asked: Arrived[]
  /** Settles when the next request has arrived. */
  next(): Promise<void>
  tasks(rows: object[]): Promise<void>
}

export type Answering = (arrived: Arrived, number: number) => Answer | 'hang' | 'cut'

/** Measures the width with Python, then answers with what Python said. */
export const measuring: Answering = ({ body }) => {
  const result = body.messages.findLast(({ role }) => role === 'tool')
  if (!result)
    return { body: completion({ content: 'I measure it.', tool_calls: [call('a', 'image_1.width')] }) }
  const width = /result:\n(\d+)/.exec(String(result.content))?.[1]
  return { body: completion({ content: `It follows.\n<answer>${width}</answer>` }) }
}

export async function place(answer: Answering = measuring): Promise<Place> {
  const folder = await temporaryFolder()
  await bringConfigs(folder.path)
  const server = await wireServer(answer)
  const command = commandIn(folder.path, { TEACHER_URL: server.url })

  return {
    folder: folder.path,
    url: server.url,
    asked: server.arrived,
    next: server.next,
    ...command,
    async tasks(rows) {
      const lines = rows.map((row, index) => `${JSON.stringify({ ...widthRow(index), ...row })}\n`)
      for (const index of rows.keys())
        await writeFile(join(folder.path, `${index}.png`), await png(8 + index))
      await writeFile(join(folder.path, 'tasks.jsonl'), lines.join(''))
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const widthRow = (index: number) => ({
  id: `width/${index + 1}`,
  question: 'How wide is it?',
  image: `${index}.png`,
  answer: String(8 + index),
})
