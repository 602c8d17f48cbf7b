import { expect, test } from 'vitest'
import { type Terms, termsOf } from '../../publish/terms.ts'

test.each<[licence: string, terms: Terms]>([
  ['CC0-1.0', 'open'],
  ['CC BY 4.0', 'open'],
  ['cc-by-nc-sa-4.0', 'open'],
  ['Apache-2.0', 'open'],
  ['MIT AND Public Domain', 'open'],
  ['proprietary OR MIT', 'open'],
  ['BSD-3-Clause', 'open'],
  ['GPL-3.0-or-later', 'open'],
  ['ODC-BY', 'open'],
  ['proprietary', 'closed'],
  ['All Rights Reserved', 'closed'],
  ['CC-BY-ND-4.0', 'closed'],
  ['cc-by-nc-nd-4.0', 'closed'],
  ['MIT AND proprietary', 'closed'],
  ['unknown', 'unknown'],
  ['', 'unknown'],
  ['MITX', 'unknown'],
  ['research only', 'unknown'],
  ['MIT AND house rules', 'unknown'],
  ['(MIT OR proprietary) AND CC0-1.0', 'unknown'],
  ['proprietary OR house rules', 'unknown'],
])('%j is %s', (licence, terms) => {
  expect(termsOf(licence)).toBe(terms)
})
