import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { sha256 } from '../../schemas/hash.ts'
import { temporaryFolder } from '../fixtures.ts'
import { writableHub } from './hub-server.ts'

/** Bytes. A Hub takes a large file in parts of so many; several parts and files may be under way at once. */
const part = 1_000_000
const parts = 32
/** So many parts may be held together, however many there are. */
const mostHeld = 8

/** An export of one large file. */
async function largeExport(folder: string) {
  const bytes = randomBytes(part * parts)
  const file = { path: 'hf/large.bin', bytes: bytes.length, sha256: sha256(bytes) }
  const manifest = { manifest_version: 2, name: 'large', before: null, targets: [], files: [file] }
  await mkdir(join(folder, 'hf'))
  await writeFile(join(folder, file.path), bytes)
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest))
}

async function heldBy(to: string, folder: string, env: Record<string, string>) {
  const script = join(import.meta.dirname, 'holding.ts')
  const node = ['--expose-gc', '--disable-warning=ExperimentalWarning', script, to, folder]
  const { stdout } = await promisify(execFile)(process.execPath, node, { env: { ...process.env, ...env } })
  return JSON.parse(stdout)
}

test('a push to the Hub holds a few parts of a large file, however many it has', async () => {
  await using folder = await temporaryFolder()
  await largeExport(folder.path)
  await using hub = await writableHub({ partSize: part })
  const env = { HF_ENDPOINT: hub.origin, HF_TOKEN: 'hf_secret' }
  const { held, collected } = await heldBy('hf://own/large', folder.path, env)
  expect(collected).toBe(true)
  expect(hub.heard.filter(({ bytes }) => bytes === part).length).toBe(parts)
  expect(held / part).toBeLessThan(mostHeld)
})
