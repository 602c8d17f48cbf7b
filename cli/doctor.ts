import { bubblewrap } from '../sandbox/bubblewrap.ts'
import { assertFit, examineSandbox, type Finding } from '../sandbox/examine-sandbox.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { guarded } from './guarded.ts'
import { loadConfig } from './load.ts'
import { resultLine } from './scheduled/head.ts'

/**
 * Look at the machine and try abuses in a config's sandbox, or in the default one. Prints what was found, with a cure
 * for each thing that is not well; throws SandboxError where code could not be contained.
 */
export const doctor = (config: string | undefined, { json = false }: { json?: boolean }) =>
  guarded(() => examine(config, json))

async function examine(config: string | undefined, json: boolean): Promise<void> {
  await using sandbox: Sandbox = config ? (await loadConfig(config)).sandbox : bubblewrap()
  const findings = await examineSandbox(sandbox)
  for (const finding of findings) console.log(json ? JSON.stringify(finding) : lineOf(finding))
  assertFit(findings)
  if (json) console.log(resultLine({ findings: findings.length }))
}

function lineOf({ name, ok, vital, detail, cure }: Finding): string {
  const mark = ok ? 'ok  ' : vital ? 'FAIL' : 'note'
  return `${mark}  ${name}: ${detail}${cure ? `\n      to cure it: ${cure}` : ''}`
}
