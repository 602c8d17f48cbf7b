import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { answer } from '../../../checks/answer.ts'
import { bestOf } from '../../../filters/best-of.ts'
import { passed } from '../../../filters/passed.ts'
import { withoutBefore } from '../../../output/numbered/alike.ts'
import { hf } from '../../../output/targets/hf.ts'
import { rejected } from '../../../output/targets/rejected.ts'
import type { Config, Settings } from '../../../pipeline/config.ts'
import { bringParts, decideParts } from '../../../pipeline/jobs/merge.ts'
import { openRun } from '../../../pipeline/jobs/open-run.ts'
import { solveAndDecide } from '../../../pipeline/jobs/solve-and-decide.ts'
import { asPart, solvePart } from '../../../pipeline/jobs/solve-part.ts'
import type { GivenParts } from '../../../pipeline/merge/found-parts.ts'
import type { Progress } from '../../../pipeline/progress.ts'
import type { RunPart } from '../../../pipeline/run-part.ts'
import { settings } from '../../../pipeline/settings.ts'
import { sha256 } from '../../../schemas/hash.ts'
import type { TaskDraft } from '../../../tasks/source.ts'
import { smallJail } from '../../small-jail.ts'
import { says, scripted, widths, wordsOf } from '../scripted.ts'

/** Answers every other question rightly, the same way whoever asks and whenever. */
export const steady = () =>
  scripted(request => says(String(7 + Number(/picture (\d+)/.exec(wordsOf(request))?.[1]))), { samples: 2 })

export const configOf = (output: string, tasks: number, changes: Partial<Config> = {}): Settings =>
  settings({
    name: 'whole',
    output,
    tasks: widths(...Array.from({ length: tasks }, (): Partial<TaskDraft> => ({}))),
    teachers: [steady()],
    tools: [],
    sandbox: smallJail(),
    checks: [answer()],
    filters: [passed(), bestOf({ n: 1 })],
    exports: [hf(), rejected()],
    ...changes,
  })

const never = new AbortController().signal

const quietly = () => {}

export async function runWhole(config: Settings): Promise<void> {
  await using run = await openRun(config, { listen: quietly, signal: never, asks: 'anybody' })
  await solveAndDecide(run)
}

/** Solve a part; gives what was said of it. */
export async function runPart(config: Settings, part: RunPart, signal = never): Promise<string[]> {
  const said: Progress[] = []
  const listen = (event: Progress) => void said.push(event)
  await using run = await openRun(asPart(config, part), { listen, signal, asks: 'anybody' })
  await solvePart(part, run, async () => true)
  return said.flatMap(event => (event.kind === 'note' ? [event.message] : []))
}

export async function merge(config: Settings, parts: Partial<GivenParts> = {}): Promise<void> {
  const given = { folders: [], allowMissing: false, ...parts }
  const opening = { listen: quietly, signal: never, asks: 'nobody' as const, bring: bringParts(given) }
  await using run = await openRun(config, opening)
  await decideParts(given, run)
}

/** sha256 of the decisions and of every file of the export, but for what the export came after. */
export async function written({ folder }: Settings): Promise<Record<string, string>> {
  const entries = await readdir(join(folder, 'export'), { recursive: true, withFileTypes: true })
  const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  const all = [...paths.sort(), join(folder, 'decisions.jsonl')]
  return Object.fromEntries(
    await Promise.all(
      all.map(async path => [
        path.slice(folder.length),
        sha256(withoutBefore(await readFile(path, 'latin1'))),
      ]),
    ),
  )
}
