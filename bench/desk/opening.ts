// What it takes to open one row of an export by ranges, and how large its file is: rows of about 7 KB of text, with five
// pictures of 24 KB and without, written with pages of 1 MiB as files were before, and as they are now.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { largePages, openRows, writeView } from '../../test/output/shards/opened.ts'

const rows = Number(process.argv[2] ?? 1000)
const opened = 100
const pages = { before: largePages, now: {} }

interface Opening {
  fileBytes: number
  bytes: number
}

/** Prints what opening rows took: the median, and the most. */
async function measure(folder: string, pictures: number, name: keyof typeof pages): Promise<Opening> {
  const path = await writeView(join(folder, `${pictures} ${name}`), { rows, pictures }, pages[name])
  const found = await openRows(path, opened)
  const bytes = found.opened.map(each => each.bytes).sort((a, b) => a - b)
  const [median = 0, most = 0] = [bytes[opened >> 1], bytes.at(-1)]
  const requests = Math.max(...found.opened.map(each => each.requests))
  console.log(
    `  ${name.padEnd(6)} ${kB(median)} a row (${kB(most)} at most) in ${requests} requests, after a footer of ${kB(found.footer)}; file ${kB(found.fileBytes)}`,
  )
  return { fileBytes: found.fileBytes, bytes: median }
}

const kB = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`

const folder = await mkdtemp(join(tmpdir(), 'kindling-bench-'))
try {
  for (const pictures of [5, 0]) {
    console.log(`${rows} rows with ${pictures} pictures, of which ${opened} are opened`)
    const before = await measure(folder, pictures, 'before')
    const now = await measure(folder, pictures, 'now')
    const ratio = (of: keyof Opening) => (now[of] / before[of]).toFixed(3)
    console.log(
      `  now beside before: ${ratio('bytes')} of the bytes of a row, ${ratio('fileBytes')} of the file`,
    )
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
