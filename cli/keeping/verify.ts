import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { publicKeyIn } from '../../output/lineage/signature.ts'
import { type Verified, verifyExport } from '../../output/lineage/verify-export.ts'
import { guarded } from '../guarded.ts'
import { runAt } from '../run-folder.ts'
import { resultLine } from '../scheduled/head.ts'
import { harmless } from '../show.ts'

interface VerifyOptions {
  /** Path of a public key. */
  key?: string
  json?: boolean
}

export const verifying = (given: string | undefined, { key, json = false }: VerifyOptions) =>
  guarded(async () => {
    const signer = key === undefined ? undefined : publicKeyIn(key)
    const found = await verifyExport(await exportAt(given), signer)
    const ok = found.faults.length === 0
    const status = ok ? 0 : 74
    console.log(json ? resultLine({ ok, ...found }, status) : printVerified(found))
    process.exitCode = status
  })

/** An export by its folder, or that of a run by the run's name or folder; the newest run's by default. */
export async function exportAt(given: string | undefined): Promise<string> {
  if (given !== undefined && (await isThere(join(given, 'manifest.json')))) return given
  const ofRun = join(await runAt(given), 'export')
  return given === undefined || (await isThere(ofRun)) ? ofRun : given
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

/** A line for each fault, or one that says what was found to be whole. */
function printVerified(found: Verified): string {
  const { folder, files, bytes, rows, faults } = found
  if (faults.length > 0)
    return faults
      .map(({ path, expected, found, cure }) => `${path}: expected ${expected}, found ${found}; ${cure}`)
      .map(line => harmless(line).replaceAll('\n', '\\n'))
      .join('\n')
  const counts = Object.entries(rows).map(([name, count]) => `${name} ${count}`)
  const whole = `${folder} is whole: ${files} files, ${(bytes / 1e6).toFixed(1)} MB`
  return harmless(
    `${whole}, rows: ${counts.join(', ')}; ${chainWords(found)}; ${signedWords[found.signature]}`,
  )
}

function chainWords({ chain: { checked, end, at } }: Verified): string {
  const were = checked.length === 1 ? 'was' : 'were'
  const before = checked.length === 0 ? '' : `${checked.length} of the exports before it ${were} checked, `
  return `${before}${
    {
      first: checked.length === 0 ? 'it is the first export' : 'back to the first',
      gone: `${at} was removed, so nothing before that is known`,
      apart: `${at}, which was before it, is not beside this copy`,
      unchained: 'before that none is named, as in exports of an older kindling',
      broken: 'the chain is broken',
    }[end]
  }`
}

const signedWords = {
  good: 'signed by the key',
  unchecked: 'signed, by whom --key <public key> checks',
  none: 'not signed',
  bad: 'badly signed',
}
