import { bubblewrap } from '../sandbox/bubblewrap.ts'
import { assertFit, examineSandbox, type Finding } from '../sandbox/examine-sandbox.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { defaultStore } from '../store/default.ts'
import { StoreError } from '../store/errors.ts'
import type { StoreKind } from '../store/store.ts'
import { guarded } from './guarded.ts'
import { loadConfig } from './load.ts'
import { resultLine } from './scheduled/head.ts'

/**
 * Look at the machine, at where runs are kept, and try abuses in a config's sandbox, or in the default one. Prints what
 * was found, with a cure for each thing that is not well; throws SandboxError where code could not be contained, and
 * StoreError where no run can be kept.
 */
export const doctor = (config: string | undefined, { json = false }: { json?: boolean }) =>
  guarded(() => examine(config, json))

async function examine(path: string | undefined, json: boolean): Promise<void> {
  const config = path === undefined ? undefined : await loadConfig(path)
  await using sandbox: Sandbox = config?.sandbox ?? bubblewrap()
  const contained = await examineSandbox(sandbox)
  const { folder, store } = config ?? { folder: 'runs', store: defaultStore }
  const kept = await keeping(store, folder)
  const findings = [...contained, kept]
  for (const finding of findings) console.log(json ? JSON.stringify(finding) : lineOf(finding))
  assertFit(contained)
  if (!kept.ok) throw new StoreError(`runs cannot be kept here: ${kept.cure}`)
  if (json) console.log(resultLine({ findings: findings.length }))
}

/** Whether a run can be kept in a folder. */
async function keeping(store: StoreKind, folder: string): Promise<Finding> {
  const found = { name: 'store', vital: true, detail: `${store.name}, in ${folder}` }
  try {
    await store.ready?.(folder)
    return { ...found, ok: true, cure: '' }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return { ...found, ok: false, cure: error.message }
  }
}

function lineOf({ name, ok, vital, detail, cure }: Finding): string {
  const mark = ok ? 'ok  ' : vital ? 'FAIL' : 'note'
  return `${mark}  ${name}: ${detail}${cure ? `\n      to cure it: ${cure}` : ''}`
}
