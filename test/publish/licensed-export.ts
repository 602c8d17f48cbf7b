import { hf } from '../../output/targets/hf.ts'
import { rejected } from '../../output/targets/rejected.ts'
import { writeExports } from '../../output/write.ts'
import { kinds } from '../fixtures.ts'
import { about, album, dropped, kept, run, stream } from '../output/rows.ts'

/** An export of rows whose licences are these; a minus is a row that was dropped. */
export async function licensedExport(folder: string, licences: string[]): Promise<string> {
  const { images, bytes } = await album([[8, 6]])
  const rows = licences.map((licence, index) => {
    const { task, ...rest } = about(images, index)
    const source = { name: 'own', licence: licence.replace(/^-/, '') }
    const changed = { ...rest, task: { ...task, source } }
    return licence.startsWith('-') ? dropped(changed) : kept(changed)
  })
  await writeExports({ folder, rows: stream(rows), exports: [hf(), rejected()], about: run, kinds, bytes })
  return folder
}
