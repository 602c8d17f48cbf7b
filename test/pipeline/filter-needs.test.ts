import { expect, test } from 'vitest'
import { answer } from '../../checks/answer.ts'
import { type Check, pass } from '../../checks/check.ts'
import { reexecutes } from '../../checks/reexecutes.ts'
import { toolsUsed } from '../../checks/tools-used.ts'
import { keep } from '../../filters/filter.ts'
import { mix } from '../../filters/mix.ts'
import { passed } from '../../filters/passed.ts'
import { quotas } from '../../filters/quotas.ts'
import type { FilterOrSelector } from '../../filters/selector.ts'
import { usedKinds } from '../../filters/used-kinds.ts'
import { usedTools } from '../../filters/used-tools.ts'
import { among } from '../../pipeline/filter-needs.ts'
import { settings } from '../../pipeline/settings.ts'
import { OptionsError } from '../../schemas/options.ts'
import { python } from '../../tools/python.ts'
import { smallJail } from '../small-jail.ts'
import { says, scripted, tasks } from './scripted.ts'

const own: Check = { name: 'own', version: 1, options: { most: 2 }, measure: async () => pass() }
const checks = [answer(), reexecutes(), own]
const there = { checks, tools: [python()] }
const needing = (needs: FilterOrSelector['needs']): FilterOrSelector => ({
  name: 'mine',
  version: 1,
  options: {},
  ...(needs && { needs }),
  begin: () => () => keep,
})

test.each<[string, () => FilterOrSelector, string]>([
  [
    'a misspelt name',
    () => passed('anwser'),
    'filters: passed: no check is named `anwser`; did you mean `answer`?',
  ],
  [
    'a name like none',
    () => passed('answer', 'polite'),
    'filters: passed: no check is named `polite`; there are: answer, reexecutes, own',
  ],
  [
    'a check that is not there',
    () => passed(toolsUsed()),
    'filters: passed: no check is named `tools_used`; there are: answer, reexecutes, own',
  ],
  [
    'a check of other options',
    () => passed({ ...own, options: { most: 3 } }),
    'filters: passed: the `own` in checks has other options; give that one, or its name',
  ],
  [
    'a factory that was not called',
    () => Reflect.apply(passed, undefined, [answer(), reexecutes]),
    'passed: [1] is `reexecutes`, which was not called; write `reexecutes()`',
  ],
  [
    'what is no check',
    () => Reflect.apply(passed, undefined, [{ name: 'answer' }]),
    'passed: [0] is an object; give one of the checks, or its name',
  ],
  [
    'a filter that goes by a check',
    () => usedKinds({ any: ['crop'] }),
    'filters: used_kinds: no check is named `tools_used`; there are: answer, reexecutes, own',
  ],
  [
    'quotas that go by one',
    () => quotas({ by: { fact: 'answr' }, counts: {} }),
    'filters: quotas: no check is named `answr`; did you mean `answer`?',
  ],
  [
    'a mix that goes by one',
    () => mix({ by: { fact: 'owm' }, shares: { a: 1 } }),
    'filters: mix: no check is named `owm`; did you mean `own`?',
  ],
  [
    'a misspelt tool',
    () => usedTools({ min: 1, names: ['pyhton'] }),
    'filters: used_tools: no tool is named `pyhton`; did you mean `python`?',
  ],
  [
    'a filter of one’s own',
    () => needing({ checks: ['owm'] }),
    'filters: mine: no check is named `owm`; did you mean `own`?',
  ],
])('%s is refused in one line', (_, make, line) => {
  expect(() => among(make(), there)).toThrow(new OptionsError(line))
})

test.each<[string, FilterOrSelector, string[]]>([
  ['none, which means every check', passed(), ['answer', 'reexecutes', 'own']],
  ['names', passed('own', 'answer'), ['own', 'answer']],
  ['the checks themselves', passed(own, 'answer'), ['own', 'answer']],
  ['a check made the same way', passed(reexecutes()), ['reexecutes']],
])('passed says in its options which checks it means, given %s', (_, filter, names) => {
  expect(among(filter, there)).toMatchObject({ name: 'passed', version: 1, options: { names } })
})

test.each<[string, FilterOrSelector]>([
  ['a filter that needs nothing', needing(undefined)],
  ['tools that are there', usedTools({ min: 1, names: ['python'] })],
  ['a check that is there', quotas({ by: { fact: 'own' }, counts: {} })],
])('%s stays as it is', (_, step) => {
  expect(among(step, there)).toBe(step)
})

const config = {
  name: 'a',
  tasks: tasks(1),
  teachers: [scripted(() => says('8'))],
  tools: [python()],
  sandbox: smallJail(),
  checks,
  filters: [passed()],
  exports: [],
}

test('a config is looked at as a whole, what it fills included', () => {
  expect(settings(config).filters).toMatchObject([{ options: { names: ['answer', 'reexecutes', 'own'] } }])
  expect(() => settings({ ...config, filters: [passed('anwser')] })).toThrow(/did you mean `answer`\?$/)
  const fill = quotas({ by: { fact: 'anwser' }, counts: {} })
  expect(() => settings({ ...config, fill })).toThrow(/did you mean `answer`\?$/)
})
