import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { machineFault } from '../schemas/machine-fault.ts'
import { sandboxRefusal } from './diagnosis.ts'
import { SandboxError } from './sandbox.ts'

const run = promisify(execFile)

/** A Python and the folders outside /usr that it cannot run without. */
export interface PythonHome {
  executable: string
  folders: string[]
}

const question =
  'import json, sys; print(json.dumps([sys.executable, sys.prefix, sys.base_prefix, sys.exec_prefix]))'

/** Asks a Python where it lives. Throws SandboxError where there is none. */
export async function pythonHome(python: string): Promise<PythonHome> {
  const { stdout } = await run(python, ['-s', '-B', '-c', question], { cwd: '/' }).catch((error: Error) => {
    if (machineFault(error)?.kind === 'means') throw error
    throw new SandboxError(
      `${python} is no usable Python (${error.message.trim()}); install python3 or name another one`,
    )
  })
  const [executable, ...folders] = JSON.parse(stdout) as string[]
  if (!executable) throw sandboxRefusal(`${python} does not say where it is`)
  const hidden = folders.find(folder => /^\/(?:tmp|work|dev|proc|run|sandbox)(?:\/|$)/.test(folder))
  if (hidden)
    throw new SandboxError(
      `${hidden} is below /${hidden.split('/')[1]}, which the jail has its own of: move it elsewhere`,
    )
  const outside = [...new Set(folders)].filter(folder => folder !== '/usr')
  return { executable, folders: outside }
}
