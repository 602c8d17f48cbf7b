import Type, { type Static } from 'typebox'
import { closed, factory } from '../schemas/options.ts'
import { Check, fail, pass } from './check.ts'
import { Country, personalIn, personalKinds } from './reading/personal-data.ts'
import { type PlaceInRow, textsOf } from './reading/texts-of-row.ts'

const places: readonly PlaceInRow[] = ['question', 'thoughts', 'calls', 'observations']

export const PiiOptions = closed({
  kinds: Type.Optional(Type.Array(Type.Enum(personalKinds))),
  where: Type.Optional(Type.Array(Type.Enum(places))),
  /** Whose way of writing telephone numbers is known without a +, as ISO 3166 code. */
  country: Type.Optional(Country),
})
export type PiiOptions = Static<typeof PiiOptions>

/**
 * No text of the record holds personal data. It looks for e-mail addresses, telephone numbers, cards (Luhn), IBANs
 * (their check digits), US social security numbers and public IP addresses. `validator` and `libphonenumber-js` judge
 * what these look like, because they check digits and numbering plans; packages that only match patterns take the
 * digits of pi for a card. The detail names kind and place and never the whole value.
 *
 * It cannot see: names, addresses of houses, data in pictures, data spelled out in words, and telephone numbers and
 * cards that are written as digits alone.
 */
export const pii = factory(Check, 'pii', PiiOptions, options => {
  const { kinds = [...personalKinds], where = [...places], country = 'US' } = options
  return {
    name: 'pii',
    version: 2,
    options: { kinds, where, country },
    async measure(trajectory) {
      for (const { place, name, text } of textsOf(trajectory)) {
        const [found] = where.includes(place) ? personalIn(text, kinds, country) : []
        if (found) return fail(found.kind, `${name}: ${JSON.stringify(`${found.value.slice(0, 3)}…`)}`)
      }
      return pass()
    },
  }
})
