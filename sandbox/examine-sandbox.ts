import { execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { type Abuse, abuses, type Bait } from './abuses.ts'
import { diagnose } from './diagnosis.ts'
import { fontList } from './fonts.ts'
import { jailUser } from './outer-jail.ts'
import { missingPackages } from './packages.ts'
import { type Sandbox, SandboxError } from './sandbox.ts'

const run = promisify(execFile)

/** One thing that was looked at. `cure` is empty where it is well. */
export interface Finding {
  name: string
  ok: boolean
  /** What was seen. */
  detail: string
  cure: string
  /** Without it no code of a model may be run. */
  vital: boolean
}

/** Looks at this machine, then tries abuses in the sandbox. It throws nothing: see `assertFit`. */
export async function examineSandbox(sandbox: Sandbox): Promise<Finding[]> {
  await using laidOut = await layOut(sandbox.limits.memoryMb)
  const local = sandbox.name === 'bubblewrap' ? await machine() : []
  const python = await libraries(sandbox)
  return [...local, python, ...(python.ok ? await tryAbuses(sandbox, laidOut) : [])]
}

/** Throws SandboxError with every cure where something vital is not well. */
export function assertFit(findings: readonly Finding[]): void {
  const ill = findings.filter(({ ok, vital }) => vital && !ok)
  if (ill.length === 0) return
  const lines = ill.map(({ name, detail, cure }) => `${name}: ${detail}; ${cure}`)
  throw new SandboxError(`the sandbox cannot contain code here\n${lines.join('\n')}`)
}

const well = (name: string, detail: string): Finding => ({ name, ok: true, detail, cure: '', vital: true })
const ill = (name: string, detail: string, cure: string): Finding => ({
  name,
  ok: false,
  detail,
  cure,
  vital: true,
})

async function machine(): Promise<Finding[]> {
  return [
    await bubblewrapHere(),
    await namespacesHere(),
    await appArmor(),
    await packagesHere(),
    await fonts(),
  ]
}

async function bubblewrapHere(): Promise<Finding> {
  return run('bwrap', ['--version']).then(
    ({ stdout }) => well('bubblewrap', stdout.trim()),
    (error: Error) => ill('bubblewrap', error.message, diagnose('ENOENT').cure),
  )
}

const trialJail =
  '--unshare-user --unshare-pid --unshare-net --unshare-ipc --ro-bind /usr /usr --symlink usr/lib /lib --symlink usr/lib64 /lib64 --proc /proc --uid 1000 --gid 1000 --cap-drop ALL -- /usr/bin/true'

/** User namespaces, mounts and /proc, by making the smallest jail there is. */
async function namespacesHere(): Promise<Finding> {
  return run('bwrap', trialJail.split(' '), { cwd: '/', env: {}, ...jailUser() }).then(
    () => well('user namespaces', 'a jail can be made'),
    (error: Error & { stderr?: string }) => {
      const { kind, cure } = diagnose(`${error.stderr ?? ''} ${error.message}`)
      return ill('user namespaces', `${kind}: ${(error.stderr || error.message).trim()}`, cure)
    },
  )
}

/** Ubuntu 23.10 and later restrict user namespaces by AppArmor; told even where a profile lets bubblewrap through. */
async function appArmor(): Promise<Finding> {
  const setting = await readFile('/proc/sys/kernel/apparmor_restrict_unprivileged_userns', 'utf8').catch(
    () => '0',
  )
  const restricted = setting.trim() === '1'
  return well('AppArmor', restricted ? 'user namespaces only by profile' : 'no restriction')
}

async function packagesHere(): Promise<Finding> {
  const { packages, commandLine } = await missingPackages('full')
  if (packages.length === 0) return well('packages', 'all installed')
  return { ...ill('packages', `missing: ${packages.join(', ')}`, commandLine), vital: false }
}

async function fonts(): Promise<Finding> {
  const list = await fontList('/usr/bin/python3')
  if (list) return well('fonts', `${JSON.parse(list.bytes.toString()).ttflist.length} known to matplotlib`)
  return { ...ill('fonts', 'matplotlib is not there or found none', 'kindling setup'), vital: false }
}

async function libraries(sandbox: Sandbox): Promise<Finding> {
  return sandbox.describe().then(
    ({ python, libraries: known }) =>
      well('Python', [`Python ${python}`, ...Object.entries(known).map(pair => pair.join(' '))].join(', ')),
    (error: Error) => ill('Python', error.message, 'see the message'),
  )
}

interface LaidOut extends AsyncDisposable {
  bait: Bait
  secret: string
}

/** Puts a secret where the abuses look for it, before the sandbox starts, and takes it away again. */
async function layOut(memoryMb: number): Promise<LaidOut> {
  const secret = randomUUID()
  const folder = await mkdtemp(path.join(tmpdir(), 'kindling-doctor-'))
  const file = path.join(folder, 'secret')
  await writeFile(file, secret, { mode: 0o644 })
  process.env.KINDLING_DOCTOR_SECRET = secret
  const server = createServer(socket => socket.end(secret)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const victim = spawn('sleep', ['100000'], { stdio: 'ignore' })
  await once(victim, 'spawn')
  const address = server.address()
  const port = address && typeof address === 'object' ? address.port : 0
  return {
    bait: { file, port, pid: victim.pid ?? process.pid, memoryMb },
    secret,
    async [Symbol.asyncDispose]() {
      delete process.env.KINDLING_DOCTOR_SECRET
      server.close()
      victim.kill('SIGKILL')
      await rm(folder, { recursive: true })
    },
  }
}

async function tryAbuses(sandbox: Sandbox, laidOut: LaidOut): Promise<Finding[]> {
  const findings: Finding[] = []
  const tried = abuses.filter(({ where }) => !where || where(sandbox.name))
  for (const abuse of tried) findings.push(await attempt(sandbox, abuse, laidOut))
  return findings
}

async function attempt(sandbox: Sandbox, abuse: Abuse, { bait, secret }: LaidOut): Promise<Finding> {
  await using session = await sandbox.open({ files: {}, prelude: '', seed: 0 })
  const options = abuse.timeoutMs === undefined ? {} : { timeoutMs: abuse.timeoutMs }
  const changed = async () => (await stat(bait.file)).ctimeMs
  const before = await changed()
  const cell = await session.exec(abuse.code(bait), options)
  if (abuse.contained(cell, secret) && (await changed()) === before) return well(abuse.name, 'contained')
  const seen = `${cell.status} ${(cell.stdout || cell.error?.value || '').slice(0, 100)}`
  return ill(
    abuse.name,
    `NOT contained: ${seen}`,
    'do not run model-written code here; use a container or remote sandbox',
  )
}
