import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { zipMembers } from '../../rollouts/zip-members.ts'
import { temporaryFolder } from '../fixtures.ts'
import { type Packing, zipOf } from './zip.ts'

const text = 'a text that is long enough to be worth it, '.repeat(50)

async function readFrom(bytes: Buffer, most = 10_000): Promise<string[]> {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.zip')
  await writeFile(path, bytes)
  await using file = await open(path)
  return await Array.fromAsync(await zipMembers(file), async each => `${each.name} ${await each.bytes(most)}`)
}

test.each<Packing>(['stored', 'deflate', 'zstd', 'frames'])(
  'a member that is packed as %s is read',
  async packing => {
    expect(
      await readFrom(
        zipOf(
          [
            ['one', text],
            ['two', 'more'],
          ],
          packing,
        ),
      ),
    ).toEqual([`one ${text}`, 'two more'])
  },
)

test.each<[string, Buffer, RegExp]>([
  ['nothing', Buffer.alloc(0), /^is no whole zip; /],
  ['no zip', Buffer.from(text), /^is no whole zip; /],
  ['one that was cut', zipOf([['one', text]], 'zstd').subarray(0, 40), /^is no whole zip; /],
  ['another compression', zipOf([['one', text]], 'unknown'), /compression that is not read/],
  ['damaged bytes', damaged(zipOf([['one', text]], 'zstd')), /damaged member|not whole/],
])('%s is refused in a line', async (_, bytes, why) => {
  await expect(readFrom(bytes)).rejects.toThrow(why)
})

function damaged(bytes: Buffer): Buffer {
  return Buffer.from(bytes).fill(7, 33, 50)
}

test.each<Packing>(['stored', 'deflate', 'zstd', 'frames'])(
  'a member that grows beyond what is allowed is refused: %s',
  async packing => {
    await expect(readFrom(zipOf([['one', 'a'.repeat(100_000)]], packing), 50_000)).rejects.toThrow(
      /^has a member larger than 0.05 MB/,
    )
  },
)
