import { expect, test } from 'vitest'
import { ResultLine } from '../../cli/scheduled/lines.ts'
import type { Finding } from '../../sandbox/examine-sandbox.ts'
import { validator } from '../../schemas/validate.ts'
import { place } from './command.ts'

test('the doctor finds this machine fit, having tried a dozen abuses', async () => {
  await using here = await place()
  const { code, out } = await here.kindling(['doctor', '--json'])
  const lines = out
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  const findings: Finding[] = lines.slice(0, -1)
  expect(findings.filter(({ ok }) => !ok)).toEqual([])
  expect(findings.filter(({ detail }) => detail === 'contained').length).toBeGreaterThanOrEqual(12)
  expect(code).toBe(0)
  const last = lines.at(-1)
  expect(validator(ResultLine)(last), JSON.stringify(last)).toMatchObject({ ok: true })
  expect(last).toMatchObject({ kind: 'result', command: 'doctor', findings: findings.length })
})

test('where bubblewrap is missing it says how to get it, and refuses', async () => {
  await using here = await place()
  // An own mount table in which the program is hidden; everything else is this machine.
  const hidden =
    'exec unshare --mount --map-root-user bash -c \'mount --bind /dev/null /usr/bin/bwrap; exec "$@"\' bash "$@"'
  const { code, out, err } = await here.kindling(['doctor'], hidden)
  expect(out).toMatch(/^FAIL {2}bubblewrap: .*\n {6}to cure it: .*apt-get install/m)
  expect(err).toMatch(/cannot contain code here/)
  expect(code).toBe(69)
})
