import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import Type, { type Static } from 'typebox'
import { closed, filledText, httpAddress, readOptions } from '../../schemas/options.ts'
import { StoreError } from '../errors.ts'
import { textInPlace } from '../file-in-place.ts'

/** Where runs are kept. Credentials are those that AWS's own tools would take; none stands in a config. */
export const S3Options = closed({
  bucket: filledText,
  /** What the keys of all runs begin with: `runs` by default. The run's name follows. */
  prefix: Type.Optional(filledText),
  /** The address of a server that is not Amazon's. */
  endpoint: Type.Optional(httpAddress),
  region: Type.Optional(filledText),
  /** Which run it is that lies there, where it is gone on with from another folder: what a refusal of that says. */
  run: Type.Optional(filledText),
  /** After how many seconds without a sign of life another machine may take the run over: 60 by default. */
  leaseSeconds: Type.Optional(Type.Integer({ minimum: 5 })),
})
export type S3Options = Static<typeof S3Options>

const Pointer = closed({
  store: Type.Literal('s3'),
  bucket: filledText,
  prefix: filledText,
  endpoint: Type.Optional(httpAddress),
  region: Type.Optional(filledText),
  /** Which run it is; absent where an older kindling wrote it. */
  run: Type.Optional(filledText),
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

/** Where the objects of all runs of a config begin. */
export const runsIn = ({ prefix = 'runs' }: S3Options): string => `${prefix.replace(/^\/+|\/+$/g, '')}/`

/** Where a config has the run of a folder. */
export const placeFor = (folder: string, options: S3Options): RunPlace => {
  const { bucket, endpoint, region } = options
  return { bucket, prefix: `${runsIn(options)}${basename(resolve(folder))}/`, endpoint, region }
}

/** The place that an address such as `s3://bucket/runs/demo` means, on the server that AWS's own tools would ask. */
export function placeAt(address: string): RunPlace {
  const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.*?[^/])\/*$/.exec(address) ?? []
  if (!bucket || !prefix)
    throw new StoreError(`${address} is no address of a run; give one such as s3://bucket/runs/demo`)
  const endpoint = process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL
  return { bucket, prefix: `${prefix}/`, endpoint }
}

/** Where a folder's run is kept, if it was begun. Throws StoreError where that is elsewhere. */
export async function pointerOf(folder: string, place: RunPlace): Promise<Pointer | undefined> {
  const there = await readPointer(folder)
  if (there && bucketPlace(there) !== bucketPlace(place))
    throw new StoreError(
      `${folder} is kept in ${bucketPlace(there)}, and ${bucketPlace(place)} was named; name the former, or give the run another name`,
    )
  return there
}

/** Writes down where a run is kept, and which one it is. */
export async function keepPointer(folder: string, place: RunPlace, run: string): Promise<Pointer> {
  const { bucket, prefix, endpoint, region } = place
  const made: Pointer = {
    store: 's3',
    bucket,
    prefix,
    ...(endpoint && { endpoint }),
    ...(region && { region }),
    run,
    folder: randomUUID(),
  }
  await textInPlace(pointerIn(folder), `${JSON.stringify(made, null, 2)}\n`)
  return made
}

/** Where the objects of a run are. */
export interface RunPlace {
  bucket: string
  prefix: string
  endpoint?: string | undefined
  region?: string | undefined
}

/** In words; also by what a mirror knows whose it is. */
export const bucketPlace = ({ bucket, prefix, endpoint }: RunPlace) =>
  `s3://${bucket}/${prefix}${endpoint ? ` at ${endpoint}` : ''}`
