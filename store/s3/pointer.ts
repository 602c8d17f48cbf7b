import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import Type, { type Static } from 'typebox'
import { closed, filledText, httpAddress, readOptions } from '../../schemas/options.ts'
import { StoreError } from '../errors.ts'

/** Where runs are kept. Credentials are those that AWS's own tools would take; none stands in a config. */
export const S3Options = closed({
  bucket: filledText,
  /** What the keys of all runs begin with: `runs` by default. The run's name follows. */
  prefix: Type.Optional(filledText),
  /** The address of a server that is not Amazon's. */
  endpoint: Type.Optional(httpAddress),
  region: Type.Optional(filledText),
})
export type S3Options = Static<typeof S3Options>

const Pointer = closed({
  store: Type.Literal('s3'),
  bucket: filledText,
  prefix: filledText,
  endpoint: Type.Optional(httpAddress),
  region: Type.Optional(filledText),
  /** Of this folder on this machine: by it a claim of a process that was killed here is known. */
  folder: filledText,
})

/** What a run's folder says of where its store is. */
export type Pointer = Static<typeof Pointer>

export const pointerIn = (folder: string) => join(folder, 'store.json')

/** Undefined where a folder has none. Throws OptionsError for one that is none. */
export async function readPointer(folder: string): Promise<Pointer | undefined> {
  const text = await readFile(pointerIn(folder), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : readOptions(pointerIn(folder), Pointer, parsed(text))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Where the objects of a run begin. */
export const prefixOf = (folder: string, options: S3Options): string =>
  `${runsIn(options)}${basename(resolve(folder))}/`

/** Where those of all runs begin. */
export const runsIn = ({ prefix = 'runs' }: S3Options): string => `${prefix.replace(/^\/+|\/+$/g, '')}/`

/** Writes down where a run is kept. Throws StoreError where it is kept elsewhere. */
export async function keepPointer(folder: string, options: S3Options): Promise<Pointer> {
  const { bucket, endpoint, region } = options
  const prefix = prefixOf(folder, options)
  const there = await readPointer(folder)
  if (there) {
    if (bucketPlace(there) !== bucketPlace({ bucket, prefix, endpoint }))
      throw new StoreError(
        `${folder} is kept in ${bucketPlace(there)}, and the config names ${bucketPlace({ bucket, prefix, endpoint })}; name the former, or give the run another name`,
      )
    return there
  }
  const made: Pointer = {
    store: 's3',
    bucket,
    prefix,
    ...(endpoint && { endpoint }),
    ...(region && { region }),
    folder: randomUUID(),
  }
  await writeFile(pointerIn(folder), `${JSON.stringify(made, null, 2)}\n`, { flag: 'wx' })
  return made
}

interface Place {
  bucket: string
  prefix: string
  endpoint?: string | undefined
}

/** In words; also by what a mirror knows whose it is. */
export const bucketPlace = ({ bucket, prefix, endpoint }: Place) =>
  `s3://${bucket}/${prefix}${endpoint ? ` at ${endpoint}` : ''}`
