import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { fileSha256 } from '../schemas/file-hash.ts'

/** Put a draft in the place of a file. One that holds the same is left as it is: its time says when it changed. */
export const draftInPlace = async (draft: string, path: string): Promise<void> =>
  (await isSame(draft, path)) ? rm(draft) : rename(draft, path)

/** The same of a text that is at hand. */
export async function textInPlace(path: string, text: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch(() => undefined)
  if (before !== text) await writeFile(path, text, { flush: true })
}

async function isSame(a: string, b: string): Promise<boolean> {
  const size = (path: string) =>
    stat(path).then(
      found => found.size,
      () => -1,
    )
  return (await size(a)) === (await size(b)) && (await fileSha256(a)) === (await fileSha256(b))
}
