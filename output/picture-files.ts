import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Image } from '../schemas/image.ts'
import type { ExportContext, FilesBeside } from './export.ts'
import { fileName } from './pictures.ts'

/**
 * Where the file of a picture lies below its target's folder. Hosts of data sets take ten thousand files in a folder at
 * most, so there are as many folders as two digits of its hash tell apart.
 */
export const picturePath = (image: Image): string => `images/${image.sha256.slice(0, 2)}/${fileName(image)}`

/**
 * Pictures as files beside the shards, each written once, whatever number of rows show it. Memory holds the names of
 * all.
 */
export async function openPictureFiles(folder: string): Promise<FilesBeside<readonly Image[]>> {
  const written = new Set<string>()
  return {
    async add(images, { bytes }: Pick<ExportContext, 'bytes'>) {
      for (const image of images) {
        const path = picturePath(image)
        if (written.has(path)) continue
        await mkdir(dirname(join(folder, path)), { recursive: true })
        await writeFile(join(folder, path), await bytes(image))
        written.add(path)
      }
    },
    finish: async () => [...written].sort(),
    async [Symbol.asyncDispose]() {},
  }
}
