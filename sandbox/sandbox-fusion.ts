import { factory } from '../schemas/options.ts'
import { defaultLimits } from './bubblewrap.ts'
import {
  asText,
  decodedImage,
  postJson,
  RemoteOptions,
  remoteResult,
  seeding,
  withoutEscapes,
} from './remote-python.ts'
import { deadResult } from './running-cell.ts'
import {
  type CellImage,
  type CellResult,
  type Limits,
  type OpenOptions,
  Sandbox,
  SandboxError,
  type Session,
} from './sandbox.ts'
import { sandboxOf } from './sandbox-of.ts'
import { checkPrelude } from './session.ts'

/** Time for the request itself, beyond the cells. */
const marginMs = 30_000

/**
 * Sessions on a SandboxFusion server (bytedance/SandboxFusion, `POST /run_jupyter`). The server keeps no state: cell n
 * is sent with the n-1 cells before it. So a session costs time in the square of its cells, and every session is a
 * fresh one. A cell that does not end ends the session.
 */
export const sandboxFusion = factory(Sandbox, 'sandboxFusion', RemoteOptions, options => {
  const limits = { ...defaultLimits, ...options.limits }
  const url = `${options.url.replace(/\/$/, '')}/run_jupyter`
  const open = (wanted: OpenOptions) => openSession(url, wanted, limits)
  return sandboxOf('sandbox-fusion', { url: options.url }, limits, open)
})

async function openSession(
  url: string,
  { files, prelude, seed }: OpenOptions,
  limits: Limits,
): Promise<Session> {
  const encoded = Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')])
  const setup = `${seeding(seed)}${prelude}\nNone`
  let done: string[] = []
  let alive = true
  const run = async (cells: string[], timeoutMs: number): Promise<CellResult> => {
    const seconds = (limits.cellMs * done.length + timeoutMs) / 1000
    const body = {
      cells,
      cell_timeout: timeoutMs / 1000,
      total_timeout: seconds,
      kernel: 'python3',
      files: Object.fromEntries(encoded),
      fetch_files: [],
    }
    const started = performance.now()
    const answer = await postJson(url, body, seconds * 1000 + marginMs)
    return toResult(answer, cells.length, performance.now() - started, limits)
  }
  checkPrelude(await run([setup], limits.cellMs))
  return {
    async exec(code, { timeoutMs = limits.cellMs } = {}) {
      if (!alive) return deadResult()
      const next = [...done, code]
      const result = await run([setup, ...next], timeoutMs)
      alive = result.alive
      done = next
      return result
    },
    async [Symbol.asyncDispose]() {
      alive = false
    },
  }
}

type Json = Record<string, unknown>

/** The last of the cells, or why there are none. The server's own fault is never an observation. */
function toResult(answer: Json, count: number, wallMs: number, limits: Limits): CellResult {
  if (answer.status === 'SandboxError')
    throw new SandboxError(`the sandbox failed: ${asText(answer.message)}`)
  const cells = Array.isArray(answer.cells) ? (answer.cells as Json[]) : []
  const cell = cells[count - 1]
  if (answer.status !== 'Success' || !cell) {
    const driver = (answer.driver ?? {}) as Json
    const status = driver.status === 'TimeLimitExceeded' ? 'timeout' : 'crash'
    const empty = { stdout: '', result: null, error: null }
    return remoteResult({ ...empty, status, stderr: asText(driver.stderr), wallMs, alive: false }, [], limits)
  }
  const shown = list(cell.display).map(item => (item.data ?? item) as Json)
  const error = errorOf(list(cell.error)[0])
  const texts = shown.filter(
    item => item['image/png'] === undefined && typeof item['text/plain'] === 'string',
  )
  return remoteResult(
    {
      status: error ? (error.name === 'SystemExit' ? 'exit' : 'error') : 'ok',
      stdout: asText(cell.stdout),
      stderr: asText(cell.stderr),
      result: error ? null : (texts.map(item => asText(item['text/plain'])).at(-1) ?? null),
      error,
      wallMs,
      alive: true,
    },
    shown.flatMap(imageOf),
    limits,
  )
}

const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : [])

function imageOf(item: Json): CellImage[] {
  const bytes = decodedImage(item['image/png'] ?? item['image/jpeg'])
  return bytes ? [{ source: 'display', name: null, bytes }] : []
}

function errorOf(error: Json | undefined): CellResult['error'] {
  if (!error) return null
  const lines = Array.isArray(error.traceback)
    ? error.traceback.map(asText).join('\n')
    : asText(error.traceback)
  return { name: asText(error.ename), value: asText(error.evalue), traceback: withoutEscapes(lines) }
}
