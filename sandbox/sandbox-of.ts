import type { Environment } from '../schemas/cell.ts'
import { hashOf } from '../schemas/hash.ts'
import { type Limits, type Sandbox, SandboxError } from './sandbox.ts'

const question = `
import importlib, json, platform, shutil
def version(name):
    if name == 'pytesseract':
        return importlib.import_module(name).get_tesseract_version()
    module = importlib.import_module(name)
    return getattr(module, '__version__', None) or module.PyTessBaseAPI.Version()
libraries = {}
for name in ('numpy', 'PIL', 'cv2', 'matplotlib', 'scipy', 'sympy', 'pandas', 'skimage', 'tesserocr', 'pytesseract'):
    try:
        libraries[name] = str(version(name))
    except Exception:
        pass
print(json.dumps({'python': platform.python_version(), 'libraries': libraries}))
`

/** A sandbox that holds nothing open beside its sessions. Its limits are part of its options. */
export const sandboxOf = (
  name: string,
  options: Sandbox['options'],
  limits: Limits,
  open: Sandbox['open'],
): Sandbox => ({
  name,
  options: { ...options, ...limits },
  limits,
  describe: () => describePython(name, open),
  open,
  async [Symbol.asyncDispose]() {},
})

/** Asks the Python of a sandbox what it has. Libraries are named as code imports them. */
async function describePython(kind: string, open: Sandbox['open']): Promise<Environment> {
  await using session = await open({ files: {}, prelude: '', seed: 0 })
  const cell = await session.exec(question, { timeoutMs: 60_000 })
  if (cell.status !== 'ok')
    throw new SandboxError(
      `its Python does not answer (${cell.status}): ${cell.error?.traceback ?? cell.stderr}`,
    )
  const { python, libraries } = JSON.parse(cell.stdout) as Pick<Environment, 'python' | 'libraries'>
  return { kind, python, libraries, hash: hashOf({ python, libraries }) }
}
