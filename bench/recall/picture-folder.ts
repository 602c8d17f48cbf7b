import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Image } from '../../schemas/image.ts'
import type { Told } from './foreign.ts'
import type { Writing } from './recall.ts'

/** Pictures as files of a folder, and how rows name them. */
export async function keepInFiles(
  images: readonly Image[],
  { folder, store }: Writing,
): Promise<Pick<Told, 'path' | 'url'>> {
  const urls = new Map<string, string>()
  for (const image of images) {
    if (urls.has(image.sha256)) continue
    const bytes = Buffer.from(await store.getBlob(image.sha256))
    await writeFile(join(folder, nameOf(image)), bytes)
    urls.set(image.sha256, `data:${image.mime};base64,${bytes.toString('base64')}`)
  }
  return { path: nameOf, url: ({ sha256 }) => urls.get(sha256) ?? '' }
}

const nameOf = ({ sha256, mime }: Image): string => `${sha256.slice(0, 16)}.${mime.split('/').at(-1)}`
