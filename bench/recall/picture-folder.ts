import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Image } from '../../schemas/image.ts'
import type { Told } from './foreign.ts'
import type { Writing } from './recall.ts'

/** Pictures as files of a folder, and how rows name them. */
export async function keepInFiles(
  images: readonly Image[],
  { folder, store }: Writing,
): Promise<Pick<Told, 'path' | 'url' | 'bytes'>> {
  const all = new Map<string, Buffer>()
  for (const image of images) {
    if (all.has(image.sha256)) continue
    const bytes = Buffer.from(await store.getBlob(image.sha256))
    await writeFile(join(folder, pictureName(image)), bytes)
    all.set(image.sha256, bytes)
  }
  const bytes = ({ sha256 }: Image) => all.get(sha256) ?? Buffer.of()
  const url = (image: Image) => `data:${image.mime};base64,${bytes(image).toString('base64')}`
  return { path: pictureName, url, bytes }
}

const pictureName = ({ sha256, mime }: Image): string => `${sha256.slice(0, 16)}.${mime.split('/').at(-1)}`
