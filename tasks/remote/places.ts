import { InputError } from '../../schemas/input-error.ts'
import { hub } from './hub.ts'
import type { Place } from './place.ts'
import type { Routes } from './reach.ts'
import { bucket } from './s3.ts'
import { shownUrl, webServer } from './web-server.ts'

const scheme = /^([a-z][a-z0-9+.-]*):\/\//i

const kinds: Record<string, (written: string, routes: Routes) => Place> = {
  hf: hub,
  s3: bucket,
  http: webServer,
  https: webServer,
}

const schemeOf = (written: string) => scheme.exec(written)?.[1]?.toLowerCase()

/** Whether a pattern names a place that is not on this disk. */
export const isRemote = (written: string): boolean => ![undefined, 'file'].includes(schemeOf(written))

/** The place that a pattern names. Throws InputError for one that cannot be read from. */
export function remotePlace(written: string, routes: Routes): Place {
  const kind = kinds[schemeOf(written) ?? '']
  if (!kind)
    throw new InputError([
      `${withoutSecrets(written)}: files are read from hf://, s3:// and https:// or from this disk; fetch it and give its path`,
    ])
  return kind(written, routes)
}

/** A pattern as it may be shown and stored. */
export const withoutSecrets = (written: string): string =>
  /^https?:/i.test(written) && URL.canParse(written) ? shownUrl(written) : written
