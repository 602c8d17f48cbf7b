import { type Replay, replayRun } from '../pipeline/jobs/replay.ts'
import { type Format, onRun } from './on-run.ts'
import type { GivenTimes } from './scheduled/times.ts'

export const replay = (path: string, options: Format & GivenTimes) =>
  onRun(path, { ...options, asks: 'nobody' }, async run => {
    const result = await replayRun(run)
    return { status: isSame(result) ? 0 : 5, result, text: printReplay(result) }
  })

const isSame = ({ different, missing, extra }: Replay) =>
  different.length + missing.length + extra.length === 0

/** What came of it, for a person. */
function printReplay(result: Replay): string {
  const { rollouts, same, different, missing, extra } = result
  const done = `${rollouts} rollouts done again from the store, no teacher asked`
  if (isSame(result)) return `${done}: all ${same.length} files of the export are the same, byte for byte`
  const named = (what: string, files: string[]) => files.map(file => `  ${what}  ${file}`)
  return [
    `${done}: the export is not what came out (${same.length} files are the same):`,
    ...named('differs', different),
    ...named('was not written again', missing),
    ...named('was not there', extra),
  ].join('\n')
}
