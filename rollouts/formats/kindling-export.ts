import { closed, noOptions, readOptions } from '../../schemas/options.ts'
import { Files, openFiles, patternsOf } from '../../tasks/files.ts'
import type { Reach } from '../../tasks/remote/reach.ts'
import type { Problem } from '../../tasks/source.ts'
import { exportedRow, isExported, noneHere } from '../hf.ts'
import { noteFile } from '../note-file.ts'
import { rowFiles, rowsOfFile } from '../row-rollouts.ts'
import type { RolloutDraft, RolloutSource } from '../source.ts'

/**
 * Rollouts that kindling itself exported as `hf` or `rejected`. A row with its `record` is the trajectory again, with
 * its key, its answer and all that its code did; a row that was changed, or has none, is what its columns tell.
 */
export function kindlingExport(files: Files, options: Record<never, never> = {}): RolloutSource {
  readOptions('kindlingExport', closed({ files: Files }), { files })
  readOptions('kindlingExport', noOptions, options)
  return { name: 'kindling', options: { files: patternsOf(files) }, read: reach => readRows(files, reach) }
}

async function* readRows(files: Files, reach?: Reach): AsyncGenerator<RolloutDraft | Problem> {
  for await (const file of openFiles(files, { reach, kind: rowFiles })) {
    if ('problem' in file) {
      yield file
      continue
    }
    for await (const entry of rowsOfFile(file)) {
      if ('problem' in entry) {
        yield entry
        continue
      }
      const place = `${file.shown}:${entry.number}`
      const { row } = entry
      if (!isExported(row)) {
        yield { place, problem: noneHere }
        continue
      }
      yield {
        kind: 'recorded',
        place,
        origin: { file: file.origin, row: entry.number },
        async open(store) {
          const read = await exportedRow(row, place, store)
          return 'problem' in read ? read : { trajectory: read.trajectory, whole: read.from === 'record' }
        },
      }
    }
    await noteFile(file, reach)
  }
}
