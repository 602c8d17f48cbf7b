import { randomUUID } from 'node:crypto'
import { factory } from '../schemas/options.ts'
import { defaultLimits } from './bubblewrap.ts'
import {
  asText,
  decodedImage,
  inlinePrelude,
  postJson,
  RemoteOptions,
  remoteResult,
  withoutEscapes,
} from './remote-python.ts'
import { deadResult } from './running-cell.ts'
import {
  type CellResult,
  type Limits,
  type OpenOptions,
  Sandbox,
  SandboxError,
  type Session,
} from './sandbox.ts'
import { sandboxOf } from './sandbox-of.ts'
import { checkPrelude } from './session.ts'

const marginMs = 40_000

/**
 * Sessions on DeepEyesV2's Jupyter server (ChenShawn/MultiModal-Jupyter-Sandbox, `POST /jupyter_sandbox`). Each session
 * has a random id, so trajectories do not share variables. The server always reports success, so stderr decides. Its
 * sessions share one folder, so no files are laid out: images are read from memory while the prelude runs. Where code
 * has ended its Python, the server goes on with a new one without images: that session counts as lost here.
 */
export const jupyterServer = factory(Sandbox, 'jupyterServer', RemoteOptions, options => {
  const limits = { ...defaultLimits, ...options.limits }
  const url = options.url.replace(/\/$/, '')
  const open = (wanted: OpenOptions) => openSession(url, wanted, limits)
  return sandboxOf('jupyter-server', { url: options.url }, limits, open)
})

async function openSession(url: string, wanted: OpenOptions, limits: Limits): Promise<Session> {
  const id = randomUUID()
  let [alive, closed] = [true, false]
  const exec: Session['exec'] = async (code, { timeoutMs = limits.cellMs } = {}) => {
    if (!alive) return deadResult()
    // The server takes no empty code.
    const body = { session_id: id, code: code.trim() ? code : 'pass', timeout: timeoutMs / 1000 }
    const started = performance.now()
    const answer = await postJson(`${url}/jupyter_sandbox`, body, timeoutMs + marginMs)
    return toResult(answer, performance.now() - started, limits)
  }
  const opened = async (code: string, options?: { timeoutMs?: number }): Promise<CellResult> => {
    const cell = await exec(code, options)
    if (!alive || !isSuspect(cell) || !isLost(await exec(probe))) return cell
    alive = false
    return { ...cell, status: cell.status === 'timeout' ? 'timeout' : 'crash', alive }
  }
  checkPrelude(await exec(inlinePrelude(wanted)))
  return {
    exec: opened,
    async [Symbol.asyncDispose]() {
      if (closed) return
      closed = true
      alive = false
      // The server forgets a session by itself; telling it only frees memory sooner.
      await postJson(`${url}/clear_session`, { session_id: id }, marginMs).catch(() => {})
    },
  }
}

/** Says whether the prelude's names are still there: they are not in a Python that was started after a crash. */
const probe = "print('_given' in globals())"
const isLost = ({ stdout, status }: CellResult) => stdout.trim() === 'False' || status === 'timeout'

/** The server does not say that a Python ended: what it says then is nothing, or an error that no code raised. */
const isSuspect = ({ status, stdout, result, images, error }: CellResult): boolean =>
  status === 'ok'
    ? stdout === '' && result === null && images.length === 0
    : !/Traceback/.test(error?.traceback ?? '')

function toResult(answer: Record<string, unknown>, wallMs: number, limits: Limits): CellResult {
  const { output } = answer
  if (output === null || typeof output !== 'object')
    throw new SandboxError(`the sandbox failed: ${asText(output) || 'no output'}`)
  const { stdout, stderr, result, images } = output as Record<string, unknown>
  const said = withoutEscapes(asText(stderr))
  const error = errorIn(said)
  const status =
    error?.name === 'TimeOutError'
      ? 'timeout'
      : error?.name === 'SystemExit'
        ? 'exit'
        : error
          ? 'error'
          : 'ok'
  const kept = (Array.isArray(images) ? images : []).flatMap(image => decodedImage(image) ?? [])
  const value = error ? null : valueIn(asText(result))
  return remoteResult(
    {
      stdout: withoutValue(asText(stdout), value),
      stderr: error ? said.slice(0, said.length - error.traceback.length) : said,
      result: value,
      status,
      error,
      wallMs,
      alive: true,
    },
    kept.map(bytes => ({ source: 'plt', name: null, bytes })),
    limits,
  )
}

/** The server says `None` where a cell has no value; a text of that word would stand in quotation marks. */
const valueIn = (result: string): string | null => (result === '' || result === 'None' ? null : result)

/** The server prints the value, too, as its last output. */
function withoutValue(stdout: string, value: string | null): string {
  const [last] = [...stdout.matchAll(/^Out\[\d+\]: ?/gm)].slice(-1)
  const printed = last && stdout.slice(last.index + last[0].length)
  return value !== null && printed?.trim() === value.trim() ? stdout.slice(0, last?.index) : stdout
}

/** The exception that stderr ends with; null where it holds only warnings or other text. */
function errorIn(stderr: string): CellResult['error'] {
  const last =
    stderr
      .trim()
      .split('\n')
      .findLast(line => !/^\s/.test(line)) ?? ''
  const [, name, value = ''] = /^([A-Za-z_][\w.]*)(?:(?:: | - )(.*))?$/s.exec(last) ?? []
  const raised =
    /Traceback \(most recent call last\)/.test(stderr) ||
    /\w(?:Error|Exception|Interrupt|Exit)$/.test(name ?? '')
  const begin = /^(?:-{20,}\n)?.*Traceback \(most recent call last\)/m.exec(stderr)?.index ?? 0
  return name && raised ? { name, value, traceback: stderr.slice(begin) } : null
}
