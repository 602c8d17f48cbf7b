import { join } from 'node:path'
import type { Export, ExportRow } from '../../output/export.ts'
import { hf } from '../../output/targets/hf.ts'
import { rejected } from '../../output/targets/rejected.ts'
import { writeExports } from '../../output/write.ts'
import type { Image } from '../../schemas/image.ts'
import { openDesk } from '../../view/desk.ts'
import { labelPlace } from '../../view/label-routes.ts'
import { pageFiles } from '../../view/page-files.ts'
import { deskRoutes } from '../../view/routes.ts'
import { type DeskServer, serveDesk } from '../../view/server.ts'
import { kinds, temporaryFolder } from '../fixtures.ts'
import { about, album, dropped, kept, run, stream } from '../output/rows.ts'

/** An export as kindling writes it, in a folder of its own. */
export interface Exported extends AsyncDisposable {
  folder: string
  pictures: readonly Image[]
}

export type RowsAbout = (pictures: Image[]) => ExportRow[]

/** Three tasks: of the first, one rollout was kept and one dropped. */
const usual: RowsAbout = pictures => [
  kept(about(pictures.slice(0, 1), 1)),
  dropped(sibling(pictures, 1)),
  kept(about(pictures, 2)),
  dropped(about(pictures.slice(1), 3), 'answer_wrong'),
]

const sibling = (pictures: Image[], number: number) => {
  const { task, ...rest } = about(pictures.slice(0, 1), number + 100)
  return { ...rest, sample: 1, task: { ...task, id: `test/${number}` } }
}

export async function exported(
  rows: RowsAbout = usual,
  exports: readonly Export[] = [hf(), rejected()],
  told: Partial<Parameters<typeof writeExports>[0]> = {},
): Promise<Exported> {
  const place = await temporaryFolder()
  const { images, bytes } = await album([
    [80, 60],
    [310, 170],
  ])
  const folder = join(place.path, 'export')
  await writeExports({ folder, rows: stream(rows(images)), exports, about: run, kinds, bytes, ...told })
  return { folder, pictures: images, [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() }
}

/** The page of an export, as `kindling view` serves it; labels go into that file. */
export const served = async (folder: string, labels?: string): Promise<DeskServer> => {
  const place = labels === undefined ? undefined : await labelPlace(folder, labels)
  return serveDesk(deskRoutes(await openDesk(folder), await pageFiles(), place))
}
