import { link, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { fileSha256 } from '../../schemas/file-hash.ts'
import { isObject, parseJson } from '../../schemas/json.ts'
import { lazyValidator } from '../../schemas/validate.ts'

const ListedFile = Type.Object({ path: Type.String(), bytes: Type.Number(), sha256: Type.String() })
type ListedFile = Static<typeof ListedFile>

const listing = lazyValidator(Type.Object({ files: Type.Array(ListedFile) }))

/** A manifest without the export before it: so it is the same wherever the same was written. */
export function withoutBefore(manifest: string): string {
  const read = parseJson(manifest)
  if (!isObject(read)) return manifest
  const { before: _, ...rest } = read
  return JSON.stringify(rest)
}

/** Whether an export has just the bytes of another one's manifest, whatever either came after. */
export async function isAlike(folder: string, manifest: string): Promise<boolean> {
  if (withoutBefore(await manifestIn(folder)) !== withoutBefore(manifest)) return false
  const files = filesOf(manifest)
  return (await soundFiles(folder, files)).length === files.length
}

/** Have files of `draft` that `earlier` holds, too, lie on the disk once. */
export async function shareFiles(draft: string, earlier: string): Promise<void> {
  const files = filesOf(await manifestIn(draft))
  const wanted = new Set(files.map(({ sha256 }) => sha256))
  const there = filesOf(await manifestIn(earlier)).filter(({ sha256 }) => wanted.has(sha256))
  const sound = new Map((await soundFiles(earlier, there)).map(({ path, sha256 }) => [sha256, path]))
  for (const { path, sha256 } of files) {
    const same = sound.get(sha256)
    if (same !== undefined) await share(join(earlier, same), join(draft, path))
  }
}

/** Where the medium links no file, or this one no more, the draft's own stays. */
async function share(there: string, here: string): Promise<void> {
  const linked = `${here}.link`
  const isLinked = await link(there, linked).then(
    () => true,
    () => false,
  )
  if (isLinked) await rename(linked, here)
}

/** Empty where there is none. */
export const manifestIn = (folder: string): Promise<string> =>
  readFile(join(folder, 'manifest.json'), 'utf8').catch(error => {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(error.code)) return ''
    throw error
  })

function filesOf(manifest: string): ListedFile[] {
  const read = listing(parseJson(manifest))
  return read.ok ? read.value.files : []
}

/** Those that hold what they should: nothing altered is handed on. */
async function soundFiles(folder: string, files: readonly ListedFile[]): Promise<ListedFile[]> {
  const sound: ListedFile[] = []
  for (const file of files) {
    const path = join(folder, file.path)
    const found = await stat(path).catch(() => undefined)
    if (found?.isFile() && found.size === file.bytes && (await fileSha256(path)) === file.sha256)
      sound.push(file)
  }
  return sound
}
