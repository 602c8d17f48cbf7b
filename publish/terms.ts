import { licenceKey } from '../schemas/licence.ts'

/** Whether a licence lets others have copies, changed or not. */
export type Terms = 'open' | 'closed' | 'unknown'

/** Kinds of licences by their names in SPDX and on the Hub, with or without a version. */
const open = [
  /^(cc0|cc-by|cc-by-sa|cc-by-nc|cc-by-nc-sa)(-\d(\.\d)?)?$/,
  /^(public-domain|pddl|odc-by|odbl|cdla-(permissive|sharing)|c-uda|ogl-uk|etalab)(-\d\.\d)?$/,
  /^(mit|mit-0|apache-\d\.\d|bsd-[0-4]-clause|0bsd|isc|zlib|unlicense|wtfpl|ofl-1\.\d|bsl-1\.0|mpl-2\.0|artistic-2\.0)$/,
  /^(a|l)?gpl-\d\.\d(-only|-or-later)?$|^gfdl(-\d\.\d)?(-only|-or-later)?$/,
]

/** What may not be handed on, or only as it was: tasks and trajectories are made of it. */
const closed = [
  /^(all-rights-reserved|proprietary|confidential|copyright(ed)?|in-copyright)$/,
  /^cc-by(-nc)?-nd(-\d(\.\d)?)?$/,
]

/**
 * What a licence says of copies. In one such as `MIT AND CC-BY-4.0` all have to be open, in one with `OR` one of them;
 * nothing is guessed of any that is not known by name.
 */
export function termsOf(licence: string): Terms {
  const choices = licence.split(/\s+or\s+/i).map(choice => choice.split(/\s+and\s+/i).map(ofOne))
  if (choices.some(all => all.every(terms => terms === 'open'))) return 'open'
  return choices.every(all => all.includes('closed')) ? 'closed' : 'unknown'
}

function ofOne(licence: string): Terms {
  const key = licenceKey(licence)
  if (open.some(kind => kind.test(key))) return 'open'
  return closed.some(kind => kind.test(key)) ? 'closed' : 'unknown'
}
