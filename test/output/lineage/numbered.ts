import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deepEyesSft } from '../../../output/targets/deepeyes-sft.ts'
import { hf } from '../../../output/targets/hf.ts'
import { rejected } from '../../../output/targets/rejected.ts'
import { writeExports } from '../../../output/write.ts'
import { sha256 } from '../../../schemas/hash.ts'
import { kinds, temporaryFolder } from '../../fixtures.ts'
import { about, album, dropped, inLines, kept, run, stream } from '../rows.ts'

export interface Numbered extends AsyncDisposable {
  /** Of all of them. */
  folder: string
  /** Of one, `0001` to `0003`. */
  at(number: string): string
}

/** Three exports beside each other, each of one row more, whose manifests are a chain. */
export async function numberedExports(): Promise<Numbered> {
  const temporary = await temporaryFolder()
  const folder = join(temporary.path, 'exports')
  const at = (number: string) => join(folder, number)
  const { images, bytes } = await album([[8, 6]])
  const rows = [1, 2, 3, 4].map(number => (number === 1 ? dropped : kept)(about(images, number)))
  const exports = [hf(), deepEyesSft(), rejected(), inLines]
  let before: object | null = null
  for (const number of [1, 2, 3]) {
    const name = String(number).padStart(4, '0')
    const written = join(temporary.path, name)
    await writeExports({
      folder: written,
      rows: stream(rows.slice(0, number + 1)),
      exports,
      about: run,
      kinds,
      bytes,
    })
    await mkdir(folder, { recursive: true })
    await cp(written, at(name), { recursive: true, dereference: true })
    before = { export: name, manifest: await chained(at(name), before) }
  }
  return { folder, at, [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose]() }
}

/** Has a manifest name the one before it; gives its sha256. */
async function chained(folder: string, before: object | null): Promise<string> {
  const path = join(folder, 'manifest.json')
  const text = JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), before }, null, 2)
  await writeFile(path, text)
  return sha256(text)
}
