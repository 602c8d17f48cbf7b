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
 * sessions share one folder, so no files are laid out: images are read from memory while the prelude runs.
 */
export const jupyterServer = factory(Sandbox, 'jupyterServer', RemoteOptions, options => {
  const limits = { ...defaultLimits, ...options.limits }
  const url = options.url.replace(/\/$/, '')
  const open = (wanted: OpenOptions) => openSession(url, wanted, limits)
  return sandboxOf('jupyter-server', { url: options.url }, limits, open)
})

async function openSession(url: string, wanted: OpenOptions, limits: Limits): Promise<Session> {
  const id = randomUUID()
  let alive = true
  const exec: Session['exec'] = async (code, { timeoutMs = limits.cellMs } = {}) => {
    if (!alive) return deadResult()
    // The server takes no empty code.
    const body = { session_id: id, code: code.trim() ? code : 'pass', timeout: timeoutMs / 1000 }
    const started = performance.now()
    const answer = await postJson(`${url}/jupyter_sandbox`, body, timeoutMs + marginMs)
    return toResult(answer, performance.now() - started, limits)
  }
  checkPrelude(await exec(inlinePrelude(wanted)))
  return {
    exec,
    async [Symbol.asyncDispose]() {
      if (!alive) return
      alive = false
      // The server forgets a session by itself; telling it only frees memory sooner.
      await postJson(`${url}/clear_session`, { session_id: id }, marginMs).catch(() => {})
    },
  }
}

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
  const text = { stdout: asText(stdout), stderr: said, result: error ? null : asText(result) || null }
  return remoteResult(
    { ...text, status, error, wallMs, alive: true },
    kept.map(bytes => ({ source: 'plt', name: null, bytes })),
    limits,
  )
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
  return name && raised ? { name, value, traceback: stderr } : null
}
