import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { openDraft } from '../../../output/numbered/numbered-export.ts'
import { sha256 } from '../../../schemas/hash.ts'

export type Files = Record<string, string>

/** Write an export of these files and what they are listed in. */
export async function fill(folder: string, files: Files, more: object = {}): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  const listed = Object.entries(files).map(([path, text]) => ({
    path,
    bytes: Buffer.byteLength(text),
    sha256: sha256(text),
  }))
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ ...more, files: listed }))
}

/** Write them as the next export, if they are not what is shown. */
export async function write(link: string, files: Files): Promise<void> {
  await using draft = await openDraft(link)
  await fill(draft.path, files, { before: await draft.before() })
  if (!(await draft.isShown())) await draft.place()
}
