import Type, { type Static } from 'typebox'
import { closed, factory } from '../schemas/options.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import { Check, fail, pass } from './check.ts'
import { Country, personalIn, personalKinds } from './reading/personal-data.ts'
import { unescaped } from './reading/turns-read.ts'

const places = ['question', 'thoughts', 'calls', 'observations'] as const
export type PiiPlace = (typeof places)[number]

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

interface Text {
  place: PiiPlace
  name: string
  text: string
}

function textsOf({ task, question, turns }: Trajectory): Text[] {
  const asked = [
    task.question,
    ...(task.choices ?? []),
    task.answer,
    ...question.map(part => (part.type === 'text' ? part.text : '')),
  ]
  return [
    { place: 'question', name: 'question', text: asked.join('\n') },
    ...turns.flatMap(({ reply, observations }, index): Text[] => [
      { place: 'thoughts', name: `turn ${index + 1}, thought`, text: reply.text },
      ...reply.calls.map(call => ({
        place: 'calls' as const,
        name: `turn ${index + 1}, call`,
        text: unescaped(call.arguments),
      })),
      ...observations.flatMap(({ parts }) =>
        parts.flatMap(part =>
          part.type === 'text'
            ? [{ place: 'observations' as const, name: `turn ${index + 1}, observation`, text: part.text }]
            : [],
        ),
      ),
    ]),
  ]
}
