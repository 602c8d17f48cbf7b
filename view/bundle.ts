import { constants } from 'node:fs'
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { InputError } from '../schemas/input-error.ts'
import { type Desk, deskList } from './desk.ts'
import type { PageFiles } from './page-files.ts'

/**
 * The page with a copy of all that is on the desk, as a folder for any web server; its `index.html` opens by a double
 * click, too. Throws InputError where the folder holds something.
 */
export async function writeBundle(folder: string, desk: Desk, page: PageFiles): Promise<void> {
  if ((await readdir(folder).catch(() => [])).length > 0)
    throw new InputError([`--bundle: ${folder} is not empty; name a folder that is, or is not there yet`])
  for (const { path } of desk.files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await copyFile(join(desk.folder, path), join(folder, path), constants.COPYFILE_FICLONE)
  }
  for (const [name, text] of Object.entries({ ...page, 'desk.json': deskList(desk) }))
    await writeFile(join(folder, name), text)
}
