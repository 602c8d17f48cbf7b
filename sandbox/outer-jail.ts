import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { type FontList, fontList } from './fonts.ts'
import type { Protection } from './protections.ts'
import { type PythonHome, pythonHome } from './python-home.ts'
import { SandboxError } from './sandbox.ts'
import { seccompFilter } from './seccomp.ts'

/** Everything the outer jail is made of. Files go in by descriptor, so that no path of the host has to be readable. */
export interface JailParts {
  home: PythonHome
  files: Record<string, Buffer>
  fonts: FontList | null
  without: ReadonlySet<Protection>
}

/** The kernel's own files. */
export const kernelFiles = ['jail.py', 'kernel.py', 'images.py', 'libraries.py']
const ours = [...kernelFiles, 'forkserver.py', 'watchdog.py']
const shims = ['pytesseract.py']

/** Reads the jail's own files and finds out about the Python that runs in it. */
export async function jailParts(python: string, without: ReadonlySet<Protection>): Promise<JailParts> {
  if (process.platform !== 'linux')
    throw new SandboxError(
      `a jail needs Linux, this is ${process.platform}: use a container, SandboxFusion or Jupyter server sandbox`,
    )
  const source = (name: string) => readFile(new URL(`inside/${name}`, import.meta.url))
  const files: Record<string, Buffer> = { '/sandbox/filter': seccompFilter({ without }) }
  for (const name of ours) files[`/sandbox/${name}`] = await source(name)
  for (const name of shims) files[`/sandbox/site/${name}`] = await source(name)
  return { home: await pythonHome(python), files, fonts: await fontList(python), without }
}

/** A user that owns nothing. Real root needs one: the kernel does not count root's processes. */
const nobody = { uid: 61500, gid: 61500 }

/** The user the jail runs as: another one for root, where this user namespace has it. */
export function jailUser(without: ReadonlySet<Protection> = new Set()): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0 || without.has('other_user')) return {}
  const mapped = readFileSync('/proc/self/uid_map', 'utf8')
    .trim()
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number))
    .some(([first = 0, , length = 0]) => nobody.uid >= first && nobody.uid < first + length)
  return mapped ? nobody : {}
}

/**
 * The code path of OpenBLAS: one for all x86-64 machines with AVX2, so that they give equal numbers. Older versions
 * choose one for newer processors that gives wrong ones.
 */
function blas(): NodeJS.ProcessEnv {
  const { OPENBLAS_CORETYPE, OPENBLAS_L2_SIZE } = process.env
  const common = process.arch === 'x64' && / avx2 /.test(readFileSync('/proc/cpuinfo', 'utf8'))
  const chosen = OPENBLAS_CORETYPE ?? (common ? 'Haswell' : undefined)
  return {
    ...(chosen ? { OPENBLAS_CORETYPE: chosen } : {}),
    ...(OPENBLAS_L2_SIZE ? { OPENBLAS_L2_SIZE } : {}),
  }
}

/**
 * Pictures are large blocks. They come from a heap that grows 32 MiB ahead, where the fork server asks for huge pages:
 * a few page faults instead of thousands.
 */
const heap = ['mmap_threshold', 'trim_threshold', 'top_pad']
  .map(name => `glibc.malloc.${name}=${32 << 20}`)
  .join(':')

/** Everything a cell can read of the environment. One thread for each library, fixed hashes, no time zone. */
export function environment(without: ReadonlySet<Protection> = new Set()): NodeJS.ProcessEnv {
  return {
    ...(without.has('environment') ? process.env : {}),
    PATH: '/usr/bin:/bin',
    HOME: '/work',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    MPLBACKEND: 'agg',
    MPLCONFIGDIR: '/tmp/fonts',
    PYTHONHASHSEED: '0',
    PYTHONDONTWRITEBYTECODE: '1',
    OMP_NUM_THREADS: '1',
    OMP_THREAD_LIMIT: '1',
    OPENBLAS_NUM_THREADS: '1',
    NUMEXPR_NUM_THREADS: '1',
    GLIBC_TUNABLES: heap,
    ...blas(),
  }
}

const namespaces = 'user pid net ipc uts'.split(' ').map(name => `--unshare-${name}`)
/** Mapped and shared, the host's /dev/zero is memory that nobody counts. /dev/full gives the same zeros. */
const devices = 'null zero full random urandom'.split(' ')
const deviceOf = (name: string, without: ReadonlySet<Protection>) =>
  `/dev/${name === 'zero' && !without.has('shared_memory') ? 'full' : name}`
const systemFiles = ['/etc/alternatives', '/etc/ld.so.cache', '/etc/matplotlibrc', '/etc/fonts']

/** bubblewrap's arguments. `--dev` is not used: it would nest a user namespace that the fork server cannot leave. */
function jailArguments(
  { home, without }: JailParts,
  socketFolder: string,
  data: [path: string, fd: number][],
): string[] {
  return [
    ...(without.has('network') ? namespaces.filter(name => name !== '--unshare-net') : namespaces),
    ...['--unshare-cgroup-try', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...['--uid', '1000', '--gid', '1000', '--hostname', 'sandbox'],
    ...(without.has('host_files') ? ['--ro-bind', '/etc', '/etc'] : []),
    ...['--ro-bind', '/usr', '/usr', '--symlink', 'usr/lib', '/lib', '--symlink', 'usr/lib64', '/lib64'],
    ...['--symlink', 'usr/bin', '/bin', '--tmpfs', '/usr/local'],
    ...systemFiles.flatMap(file => ['--ro-bind-try', file, file]),
    ...home.folders.flatMap(folder => ['--ro-bind', folder, folder]),
    ...['--proc', '/proc', '--tmpfs', '/dev'],
    ...devices.flatMap(name => ['--dev-bind', deviceOf(name, without), `/dev/${name}`]),
    ...['--symlink', '/proc/self/fd', '/dev/fd'],
    ...['stdin', 'stdout', 'stderr'].flatMap((name, fd) => [
      '--symlink',
      `/proc/self/fd/${fd}`,
      `/dev/${name}`,
    ]),
    ...['/work', '/tmp', '/dev/shm'].flatMap(folder => ['--tmpfs', folder]),
    ...['--bind', socketFolder, '/run/sandbox'],
    ...data.flatMap(([path, fd]) => ['--ro-bind-data', String(fd), path]),
    ...(without.has('read_only')
      ? []
      : ['/usr/local', '/dev', '/'].flatMap(folder => ['--remount-ro', folder])),
    ...['--chdir', '/work', '--cap-add', 'CAP_SYS_ADMIN'],
  ]
}

const argumentsFd = 3

/** Starts the fork server in a new outer jail. Its stdin takes orders, its stdout gives events. */
export function spawnJail(parts: JailParts, socketFolder: string): ChildProcess {
  const fonts: [string, Buffer][] = parts.fonts
    ? [[`/sandbox/fonts/${parts.fonts.name}`, parts.fonts.bytes]]
    : []
  const contents = [...Object.entries(parts.files), ...fonts]
  const data = contents.map(([path], index): [string, number] => [path, argumentsFd + 1 + index])
  const program = [parts.home.executable, '-s', '-B', '/sandbox/forkserver.py']
  const child = spawn('bwrap', ['--args', String(argumentsFd), '--', ...program], {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', ...contents.map(() => 'pipe' as const)],
    env: environment(parts.without),
    cwd: '/',
    ...jailUser(parts.without),
  })
  const args = jailArguments(parts, socketFolder, data)
  feed(child, argumentsFd, Buffer.from(`${args.join('\0')}\0`))
  contents.forEach(([, bytes], index) => {
    feed(child, argumentsFd + 1 + index, bytes)
  })
  return child
}

function feed(child: ChildProcess, fd: number, bytes: Buffer): void {
  // A jail that cannot start has no descriptors, or closes them early; why is told by how it exits.
  const stream = child.stdio?.[fd] as Writable | null | undefined
  stream?.on('error', () => {})
  stream?.end(bytes)
}
