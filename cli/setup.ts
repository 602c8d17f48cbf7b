import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { bubblewrap } from '../sandbox/bubblewrap.ts'
import { type MissingPackages, missingPackages, type Tier } from '../sandbox/packages.ts'
import { SandboxError } from '../sandbox/sandbox.ts'
import { confirmed } from './confirmed.ts'
import { guarded } from './guarded.ts'

interface SetupOptions {
  /** Only what cropping and zooming needs. */
  lite?: boolean
  /** Go ahead without asking. */
  yes?: boolean
  /** Further Debian packages. */
  also?: string[]
}

/** Install what the sandbox needs and is not there, then prove that it starts. Does nothing when all is there. */
export const setup = (options: SetupOptions) => guarded(() => prepare(options))

async function prepare({ lite = false, yes = false, also = [] }: SetupOptions): Promise<void> {
  const tier: Tier = lite ? 'lite' : 'full'
  const missing = await missingPackages(tier, also)
  if (missing.packages.length > 0) await install(missing, yes)
  await using sandbox = bubblewrap()
  const { python, libraries } = await sandbox.describe()
  const known = Object.entries(libraries).map(([name, version]) => `${name} ${version}`)
  console.error(`sandbox ready: Python ${python}, ${known.join(', ')}`)
}

async function install(missing: MissingPackages, yes: boolean): Promise<void> {
  console.error(
    `The sandbox for model-written Python needs ${missing.packages.length} Debian packages (${sizes(missing)}):`,
  )
  console.error(`  ${missing.packages.join(' ')}`)
  if (missing.commands.length === 0 || !(await mayInstall())) {
    throw new SandboxError(`they cannot be installed from here; run this once: ${missing.commandLine}`)
  }
  if (!yes && process.stdin.isTTY && !(await confirmed({ message: 'Install them now?' }))) {
    throw new SandboxError(`nothing was installed; when you are ready: ${missing.commandLine}`)
  }
  for (const [command = '', ...args] of missing.commands) await execute(command, args)
}

const megabytes = (bytes: number | null) =>
  bytes === null ? 'size unknown' : `${Math.round(bytes / 1e6)} MB`

const sizes = ({ downloadBytes, installedBytes }: MissingPackages) =>
  `${megabytes(downloadBytes)} to download, ${megabytes(installedBytes)} on disk with what they need`

/** Root may; so may who has sudo, where it can ask for a password or needs none. */
async function mayInstall(): Promise<boolean> {
  if (process.getuid?.() === 0) return true
  const args = process.stdin.isTTY ? ['--version'] : ['-n', 'true']
  return (await exitOf('sudo', args, 'ignore')) === 0
}

async function execute(command: string, args: string[]): Promise<void> {
  console.error(`$ ${[command, ...args].join(' ')}`)
  const code = await exitOf(command, args, 'inherit')
  if (code !== 0)
    throw new SandboxError(`\`${[command, ...args].join(' ')}\` ended with status ${code}; see above`)
}

async function exitOf(command: string, args: string[], stderr: 'inherit' | 'ignore'): Promise<number | null> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const child = spawn(command, args, { stdio: ['inherit', 'ignore', stderr], env })
  const [code] = await once(child, 'exit').catch(() => [127])
  return code
}
