import Type, { type Static } from 'typebox'
import { searched } from '../checks/reading/made-by.ts'
import { licenceKey, unknownLicence } from '../schemas/licence.ts'
import { closed, factory, filledText, trueOrFalse } from '../schemas/options.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import { excerpt } from '../words/excerpt.ts'
import { drop, Filter, keep } from './filter.ts'

export const LicencesOptions = closed({
  /** What may be used, such as `cc-by-4.0`. */
  allow: Type.Array(filledText, { minItems: 1 }),
  /** Whether what searches showed is held to it, too. */
  searches: Type.Optional(trueOrFalse),
})
export type LicencesOptions = Static<typeof LicencesOptions>

/** What says that nobody knows, in SPDX and in tables. */
const unknown = [unknownLicence, '', 'noassertion', 'none', 'null', 'n/a', '?']

/**
 * Keeps rows whose licence may be used. Capitals, and spaces or `_` for `-`, make no other licence: `CC BY 4.0` is
 * `cc-by-4.0`; nothing else is guessed. A row whose licence nobody knows is dropped as `licence_unknown`.
 */
export const licences = factory(Filter, 'licences', LicencesOptions, ({ allow, searches = false }) => {
  const allowed = new Set(allow.map(licenceKey))
  return {
    name: 'licences',
    version: 1,
    options: { allow, ...(searches && { searches }) },
    begin:
      () =>
      ({ trajectory }) => {
        const held = [ofTask(trajectory), ...(searches ? ofSearches(trajectory) : [])]
        const refused = held.find(({ licence }) => !allowed.has(licenceKey(licence)))
        if (!refused) return keep
        const isUnknown = unknown.includes(licenceKey(refused.licence))
        return isUnknown
          ? drop('licence_unknown', excerpt(refused.whose))
          : drop('licence_not_allowed', `${excerpt(refused.licence)} of ${excerpt(refused.whose)}`)
      },
  }
})

interface Held {
  licence: string
  whose: string
}

const ofTask = ({ task: { source } }: Trajectory): Held => ({ licence: source.licence, whose: source.name })

const ofSearches = ({ turns }: Trajectory): Held[] =>
  searched(turns).map(({ provider, licence }) => ({ licence, whose: provider }))
