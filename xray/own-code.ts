import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import Type from 'typebox'
import { InputError } from '../schemas/input-error.ts'
import { parseJson } from '../schemas/json.ts'
import { lazyValidator } from '../schemas/validate.ts'
import type { Sample } from './sample.ts'
import { type RenderedRow, refusedRow, rendered } from './span.ts'

const Span = Type.Intersect([
  Type.Union([
    Type.Object({ kind: Type.Literal('text'), text: Type.String() }),
    Type.Object({ kind: Type.Literal('picture'), picture: Type.Integer({ minimum: 0 }) }),
  ]),
  Type.Object({ trained: Type.Boolean(), tokens: Type.Integer({ minimum: 0 }) }),
])

const answered = lazyValidator(
  Type.Object({
    version: Type.String(),
    rows: Type.Array(
      Type.Union([Type.Object({ spans: Type.Array(Span) }), Type.Object({ problem: Type.String() })]),
    ),
  }),
)

/** What a trainer is asked with. */
export interface AskedOfTrainer {
  /** A script beside this file that imports the trainer. */
  script: URL
  python: string
  /** The folder of the model, with its processor. */
  model: string
  family: string
  /** The user’s own chat template, if one was given. */
  template?: string | undefined
  cutoff?: number | undefined
}

/**
 * Rows by the trainer’s own code, in a Python that has it. Nothing is fetched. Throws InputError where the Python, or
 * what it is to import, is not there.
 */
export async function byOwnCode(
  { rows, folder, settings }: Sample,
  asked: AskedOfTrainer,
): Promise<{ version: string; rows: RenderedRow[] }> {
  const { script, python, model, ...others } = asked
  const request = {
    ...others,
    // A script may go to another folder, as training files name their rows from where they lie.
    model: resolve(model),
    folder: resolve(folder),
    settings,
    rows: rows.map(({ fields, pictures }) => ({
      fields,
      pictures: pictures.map(bytes => Buffer.from(bytes).toString('base64')),
    })),
  }
  const printed = await printedBy(python, fileURLToPath(script), JSON.stringify(request))
  const read = answered(parseJson(printed))
  if (!read.ok)
    throw new InputError([`--python ${python}: its answer cannot be read (${read.field} ${read.message})`])
  const { version, rows: made } = read.value
  return { version, rows: made.map(row => ('spans' in row ? rendered(row.spans) : refusedRow(row.problem))) }
}

const offline = {
  HF_HUB_OFFLINE: '1',
  TRANSFORMERS_OFFLINE: '1',
  HF_DATASETS_OFFLINE: '1',
  PYTHONDONTWRITEBYTECODE: '1',
}

async function printedBy(python: string, script: string, request: string): Promise<string> {
  const child = spawn(python, [script], { env: { ...process.env, ...offline }, stdio: 'pipe' })
  child.stdin.on('error', () => {})
  child.stdin.end(request)
  const ended = once(child, 'close').catch(error => [error instanceof Error ? error.message : String(error)])
  const [printed, said, [status]] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  if (status === 0) return printed
  const why = said.trim().split('\n').at(-1) || `it ended with ${status}`
  throw new InputError([
    `--python ${python}: ${why}; give a Python that has the trainer, or none for its rules`,
  ])
}
