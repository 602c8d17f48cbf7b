import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import type { ExportRow } from '../../output/export.ts'
import { hf } from '../../output/targets/hf.ts'
import { rejected } from '../../output/targets/rejected.ts'
import { writeExports } from '../../output/write.ts'
import { sha256 } from '../../schemas/hash.ts'
import type { Image } from '../../schemas/image.ts'
import { kinds } from '../../test/fixtures.ts'
import { random } from '../../test/output/growth/random.ts'
import { rowOf } from '../../test/output/growth/rows.ts'

/** Pictures that differ; the same ones are taken again under other names. */
const distinct = 40

/** JPEG of about 24 kB, as a camera gives them: noise is hard to pack. */
async function photo(number: number): Promise<Buffer> {
  const { whole } = random(`photo ${number}`)
  const noise = Uint8Array.from({ length: 80 * 60 * 3 }, () => whole() & 0xff)
  const raw = { width: 80, height: 60, channels: 3 } as const
  return sharp(noise, { raw }).resize(640, 480).jpeg({ quality: 18 }).toBuffer()
}

const categories = ['perception', 'reasoning', 'search', 'integration']
const reasons = ['answer_wrong', 'no_op_code', 'thought_missing', 'unsolved_length']

/** A run of so many rollouts, two a task, with about 7 KB of text and five pictures of 24 kB each. */
async function* rowsWith(count: number, pictures: readonly Buffer[]): AsyncGenerator<ExportRow> {
  for (const number of Array(count).keys()) {
    const about = random(`decision ${number}`)
    const row = rowOf(number, { pictured: false, change: 'none', part: 0 })
    const { trajectory, facts } = row.measured
    const images = Array.from({ length: 5 }, (_, n) =>
      named(`${number} ${n}`, pictures[(number + n) % distinct]),
    )
    const parts = images.map(image => ({ type: 'image' as const, image }))
    const task = { ...trajectory.task, id: `test/${number >> 1}`, images, category: about.of(categories) }
    const measured = {
      trajectory: { ...trajectory, task, sample: number & 1, question: [...parts, ...trajectory.question] },
      facts,
    }
    const reason = about.of(reasons)
    const dropped = {
      keep: false,
      stage: 'passed',
      by: 'passed',
      reason,
      detail: '',
      undecided: false,
    } as const
    yield { measured, verdict: about.below(4) === 0 ? dropped : { keep: true } }
  }
}

/** A picture by a name of its own: the bytes are found by what the name ends in. */
const named = (name: string, bytes: Buffer | undefined): Image => {
  const hash = `${sha256(name).slice(0, 32)}${sha256(bytes ?? '').slice(0, 32)}`
  return { sha256: hash, pixels: hash, mime: 'image/jpeg', width: 640, height: 480 }
}

/** The folder of such an export, which is written once and stays. */
export async function bigExport(count: number): Promise<string> {
  const folder = join(tmpdir(), `kindling-desk-${count}`, 'export')
  if (!existsSync(folder)) await writeBigExport(folder, count)
  return folder
}

/** Written as a run writes it. */
async function writeBigExport(folder: string, count: number): Promise<void> {
  const pictures = await Promise.all(Array.from({ length: distinct }, (_, number) => photo(number)))
  const byEnd = new Map(pictures.map(bytes => [sha256(bytes).slice(0, 32), bytes]))
  await writeExports({
    folder,
    rows: rowsWith(count, pictures),
    exports: [hf(), rejected()],
    about: { name: 'bench', config: { name: 'bench' }, version: '0.0.0' },
    kinds,
    async bytes({ sha256: hash }) {
      const found = byEnd.get(hash.slice(32))
      if (!found) throw new Error(`no picture ${hash}`)
      return found
    },
  })
}
