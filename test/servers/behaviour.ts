import { globSync } from 'node:fs'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { answer } from '../../checks/answer.ts'
import { schema } from '../../checks/schema.ts'
import { explain } from '../../cli/exit.ts'
import { exitOf } from '../../cli/job-commands.ts'
import { reportOf } from '../../cli/report.ts'
import { passed } from '../../filters/passed.ts'
import { deepEyesSft } from '../../output/targets/deepeyes-sft.ts'
import { hf } from '../../output/targets/hf.ts'
import { llamaFactory } from '../../output/targets/llama-factory.ts'
import { rejected } from '../../output/targets/rejected.ts'
import type { Config } from '../../pipeline/config.ts'
import { solveAndDecide } from '../../pipeline/jobs/solve-and-decide.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { Outcome } from '../../schemas/trajectory.ts'
import { calculator } from '../../tools/calculator.ts'
import { crop } from '../../tools/crop.ts'
import { type TestRun, tasks, withRun } from '../pipeline/scripted.ts'
import { hastyClock } from '../virtual-clock.ts'
import { loopback, type Said } from './loopback.ts'
import { sent, type WireName, wires } from './wires.ts'

/** A request as a row's server sees it. All numbers begin at 1. */
export interface Request {
  /** Which request of the run it is. */
  number: number
  /** Which task it is about. */
  task: number
  /** Which reply of the conversation it asks for. */
  turn: number
  body: Record<string, unknown>
  /** What a server without faults would say: a call first, then the answer. */
  usual: Said
  path: string
}

/** A row of the table: what a server does, and what becomes of it. */
export interface Behaviour {
  /** What it is an example of: a next server of that kind is another row with the same words. */
  kind: string
  wire: WireName
  streamed?: boolean
  /** What the server does, in a few words. */
  server: string
  answers(request: Request): Said
  /** How each task ended, in the order of the tasks. */
  ends: readonly string[]
  /** Requests that arrived. */
  calls: number
  /** The status that the command ends with. */
  exit: number
  /** Part of the one line that the command ends with, or of a warning on the way. */
  says?: RegExp
  /** What the exports for training hold. */
  trained?: RegExp
  /** What none of them may hold. */
  untrained?: RegExp
  /** Options of the teacher. */
  teacher?: object
  config?: Partial<Config>
  /** Try it through the command, too, which really waits. */
  command?: true
}

/** What became of a run with such a server. */
export interface Played {
  ends: string[]
  calls: number
  exit: number
  /** Warnings, and the line that the command ended with. */
  said: string[]
  /** All texts of the exports for training, where the row says something of them. */
  trainedOn: string
}

/** A server that behaves as a row says. */
export const behaving = ({ wire, streamed = false, answers }: Behaviour) =>
  loopback((body, number, path) => {
    const turn = wires[wire].turn(body) + 1
    const task = Number(/picture (\d+)/.exec(JSON.stringify(body))?.[1])
    const usual = turn === 1 ? wires[wire].calls() : wires[wire].answers(String(7 + task))
    return answers({ number, task, turn, body, path, usual: sent(wire, usual, streamed) })
  })

/** What a row's run is made of: as many tasks as it has ends, worked on one after another. */
export const configOf = ({ wire, streamed = false, ends, teacher, config }: Behaviour, origin: string) => ({
  teachers: [wires[wire].teacher(origin, { stream: streamed, ...teacher })],
  tasks: tasks(ends.length),
  tools: [calculator(), crop()],
  checks: [schema(), answer()],
  filters: [passed()],
  exports: [hf(), llamaFactory(), deepEyesSft(), rejected()],
  limits: { concurrency: 1, turns: 4 },
  ...config,
})

/** Run a row in this process. */
export async function play(row: Behaviour, sandbox: Sandbox): Promise<Played> {
  await using server = await behaving(row)
  const played: Played = { ends: [], calls: 0, exit: 0, said: [], trainedOn: '' }
  await withRun({ ...configOf(row, server.origin), sandbox }, async run => {
    played.exit = await exitStatus(run, line => played.said.push(line))
    const ended = await run.trajectories()
    ended.sort((a, b) => a.task.id.localeCompare(b.task.id, 'en', { numeric: true }))
    const fates = await run.fates().catch((): Record<string, string> => ({}))
    played.ends = ended.map(({ task, outcome }) => endOf(outcome, fates[task.id]))
    played.said.unshift(...run.progress.flatMap(event => (event.kind === 'warning' ? [event.message] : [])))
    if (row.trained ?? row.untrained) played.trainedOn = await trained(run.folder)
  })
  return { ...played, calls: server.arrived() }
}

async function exitStatus(run: TestRun, say: (line: string) => void): Promise<number> {
  try {
    const counts = await solveAndDecide(await run.open({}, { clock: hastyClock() }))
    return exitOf(await reportOf(run.folder, run.store), counts)
  } catch (error) {
    const { text, exit } = explain(error)
    say(text)
    return exit
  }
}

function endOf(outcome: Outcome, fate: string | undefined): string {
  if (outcome.kind === 'answered')
    return `answered ${outcome.answer}${fate === 'kept' ? '' : `, ${fate ?? 'undecided'}`}`
  return outcome.kind === 'stopped' ? `stopped by ${outcome.by}` : `failed at ${outcome.at}`
}

/** What stands in the exports for training, as JSON without the images. */
async function trained(folder: string): Promise<string> {
  const files = globSync('export/{hf,llamafactory,deepeyes_sft}/**/*.parquet', { cwd: folder })
  const rows = files.map(async name =>
    parquetReadObjects({ file: await asyncBufferFromFile(join(folder, name)), compressors }),
  )
  const plain = (name: string, value: unknown) => {
    // It is for judging again, and holds what a teacher only thought, too.
    if (name === 'record') return undefined
    return typeof value === 'bigint' ? Number(value) : value instanceof Uint8Array ? '(bytes)' : value
  }
  return JSON.stringify(await Promise.all(rows), plain)
}
