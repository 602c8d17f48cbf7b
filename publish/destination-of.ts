import { InputError } from '../schemas/input-error.ts'
import { bucketDestination } from './bucket.ts'
import type { Destination } from './destination.ts'
import type { Errand } from './errand.ts'
import { type HubWay, hubDestination } from './hub.ts'

/** The destination that an address names. Throws InputError for one that nothing can be pushed to. */
export function destinationOf(written: string, way: HubWay, errand: Errand): Destination {
  const scheme = /^([a-z0-9]+):\/\//.exec(written)?.[1]
  if (scheme === 'hf') return hubDestination(written, way, errand)
  if (scheme !== 's3')
    throw new InputError([
      `${written}: exports are pushed to hf://owner/name and to s3://bucket/prefix; give one of them`,
    ])
  if (way.pr || way.public || way.traces)
    throw new InputError([
      `${written}: --pr, --public and --traces are for the Hub; leave them out for a bucket`,
    ])
  return bucketDestination(written, errand)
}
