import Type from 'typebox'
import { signalsIn } from '../checks/signals/signal.ts'
import { type SignalName, signalNames } from '../checks/signals.ts'
import { OptionsError, readOptions } from '../schemas/options.ts'
import { drop, type Filter, type KnownCheck, keep, undecided } from './filter.ts'

const Names = Type.Array(Type.Enum(signalNames), { minItems: 1, description: 'the name of a signal' })

/**
 * Drops rows with one of the named signals. A signal is a guess from a model's words: look at its rows before you drop
 * them all, or let a judge decide about them.
 */
export function unsignalled(...names: [SignalName, ...SignalName[]]): Filter {
  return unsignalledBy(readOptions('unsignalled', Names, names))
}

const unsignalledBy = (names: readonly SignalName[]): Filter => ({
  name: 'unsignalled',
  version: 1,
  options: { names: [...names] },
  needs: { checks: ['signals'] },
  over(checks) {
    refuseUnsought(names, checks)
    return this
  },
  begin:
    () =>
    ({ facts }) => {
      const seen = signalsIn(facts)
      if (!seen) return undecided('unchecked', 'the check signals was not measured')
      const found = seen.find(({ name }) => names.some(each => each === name))
      return found ? drop(found.name, `turn ${found.turn}: ${found.words}`) : keep
    },
})

/** Throws OptionsError for a signal that the check does not look for. */
function refuseUnsought(names: readonly string[], checks: readonly KnownCheck[]) {
  const only = checks.find(({ name }) => name === 'signals')?.options.only
  const unsought = Array.isArray(only) && names.find(name => !only.includes(name))
  if (unsought)
    throw new OptionsError(`filters: unsignalled: signals({ only }) does not look for \`${unsought}\``)
}
