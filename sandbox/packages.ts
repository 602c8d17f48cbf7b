import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const env = { ...process.env, LC_ALL: 'C' }

/** `lite` is enough to crop and zoom; `full` is everything the prompt's list of libraries can name. */
export type Tier = 'full' | 'lite'

const lite = ['bubblewrap', 'python3', 'python3-numpy', 'python3-pil']

/** Debian packages the sandbox needs, by tier. */
export const packages: Record<Tier, readonly string[]> = {
  lite,
  full: [
    ...lite,
    'fonts-dejavu-core',
    'python3-matplotlib',
    'python3-opencv',
    'python3-pandas',
    'python3-scipy',
    'python3-skimage',
    'python3-sympy',
    'python3-tesserocr',
    'tesseract-ocr',
    'tesseract-ocr-eng',
  ],
}

/** What is missing on this machine and what getting it costs. Bytes are null where apt cannot tell. */
export interface MissingPackages {
  packages: string[]
  downloadBytes: number | null
  installedBytes: number | null
  /** The commands to run in order, as argument lists; empty where nothing is missing or there is no apt-get. */
  commands: string[][]
  /** The same as one line for a person. */
  commandLine: string
}

/** Tells which packages of a tier, and of `also`, are not installed here, their size, and how to get them. */
export async function missingPackages(
  tier: Tier = 'full',
  also: readonly string[] = [],
): Promise<MissingPackages> {
  const missing = await notInstalled([...packages[tier], ...also])
  if (missing.length === 0)
    return { packages: [], downloadBytes: 0, installedBytes: 0, commands: [], commandLine: '' }
  const sizes = await aptSizes(missing)
  const commands = (await hasApt()) ? installCommands(missing) : []
  const words = commands.length > 0 ? commands : [["install the equivalent of Debian's", ...missing]]
  return {
    packages: missing,
    ...sizes,
    commands,
    commandLine: words.map(word => word.join(' ')).join(' && '),
  }
}

function installCommands(names: readonly string[]): string[][] {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo']
  return [
    [...sudo, 'apt-get', 'update'],
    [...sudo, 'apt-get', 'install', '-y', '--no-install-recommends', ...names],
  ]
}

async function hasApt(): Promise<boolean> {
  return run('apt-get', ['--version']).then(
    () => true,
    () => false,
  )
}

async function notInstalled(names: readonly string[]): Promise<string[]> {
  const format = '$' + '{Package} $' + '{db:Status-Status}\n'
  // dpkg-query exits with 1 as soon as one name is unknown, and still prints the others.
  const text = await run('dpkg-query', ['-W', '-f', format, ...names], { env }).then(
    done => done.stdout,
    (failed: { stdout?: string }) => failed.stdout ?? '',
  )
  const installed = new Set(
    text.split('\n').flatMap(line => (line.endsWith(' installed') ? [line.split(' ')[0]] : [])),
  )
  return names.filter(name => !installed.has(name))
}

const unit: Record<string, number> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 }

async function aptSizes(names: string[]): Promise<Pick<MissingPackages, 'downloadBytes' | 'installedBytes'>> {
  const args = ['install', '--no-install-recommends', '--print-uris', '-y', ...names]
  const text = await run('apt-get', args, { env, maxBuffer: 1 << 24 }).then(
    done => done.stdout,
    () => '',
  )
  return {
    downloadBytes: bytesIn(text, /Need to get (?:[\d.,]+ [kMG]?B\/)?([\d.,]+) ([kMG]?B) of archives/),
    installedBytes: bytesIn(text, /([\d.,]+) ([kMG]?B) of additional disk space/),
  }
}

function bytesIn(text: string, pattern: RegExp): number | null {
  const [, amount, size] = pattern.exec(text) ?? []
  return amount && size ? Math.round(Number(amount.replaceAll(',', '')) * (unit[size] ?? 1)) : null
}
