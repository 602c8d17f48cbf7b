import { expect, test } from 'vitest'
import { bubblewrap, jail } from '../../sandbox/bubblewrap.ts'
import { diagnose, sandboxRefusal } from '../../sandbox/diagnosis.ts'
import { assertFit, examineSandbox } from '../../sandbox/examine-sandbox.ts'
import { landlock, landlockJail } from '../../sandbox/landlock.ts'

const limits = { memoryMb: 512, processes: 16 }

test('a sandbox with all its protections is found fit, by abuses tried live', async () => {
  await using sandbox = bubblewrap({ limits })
  const findings = await examineSandbox(sandbox)
  expect(findings.filter(({ ok }) => !ok)).toEqual([])
  expect(findings.filter(({ detail }) => detail === 'contained')).toHaveLength(20)
  expect(() => assertFit(findings)).not.toThrow()
})

test('a sandbox that does not contain an abuse is refused, with all that got out', async () => {
  await using sandbox = jail({ limits }, ['environment', 'host_files', 'seccomp'])
  const findings = await examineSandbox(sandbox)
  for (const named of [/the environment keeps/, /passwords are out of reach/, /its calls are filtered/])
    expect(() => assertFit(findings)).toThrow(named)
})

const hasLandlock = await landlock()
  .describe()
  .then(
    () => true,
    () => false,
  )

test.runIf(hasLandlock)(
  'Landlock is found fit by what concerns it, and refused without its protections',
  async () => {
    await using sandbox = landlock({ limits })
    const findings = await examineSandbox(sandbox)
    expect(findings.filter(({ ok }) => !ok)).toEqual([])
    expect(findings.filter(({ detail }) => detail === 'contained')).toHaveLength(21)
    const bare = landlockJail({ limits }, ['parent', 'one_peer', 'pinned_pages'])
    const missed = await examineSandbox(bare)
    for (const named of [/code ends when/, /nothing can be sent/, /no pages are kept/])
      expect(() => assertFit(missed)).toThrow(named)
  },
)

test('a Python that cannot run is found before any abuse is tried', async () => {
  await using sandbox = bubblewrap({ python: '/nowhere/python3' })
  const findings = await examineSandbox(sandbox)
  expect(findings.at(-1)).toMatchObject({ name: 'Python', ok: false })
  expect(() => assertFit(findings)).toThrow(/no usable Python/)
})

test.each([
  ['spawn bwrap ENOENT', 'no-bwrap', /apt-get install bubblewrap/],
  [
    'bwrap: No permissions to create new namespace, likely because the kernel does not allow non-privileged user namespaces',
    'userns-denied',
    /seccomp=unconfined/,
  ],
  [
    'bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)',
    'userns-limit-0',
    /sysctl user.max_user_namespaces/,
  ],
  ['bwrap: setting up uid map: Permission denied', 'apparmor-userns', /profile bwrap/],
  ['bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted', 'apparmor-userns', /profile bwrap/],
  ['bwrap: setting up uid map: Operation not permitted', 'root-without-setfcap', /ordinary user/],
  [
    "bwrap: Can't mount proc on /newroot/proc: Operation not permitted",
    'masked-proc',
    /systempaths=unconfined/,
  ],
  ['bwrap: Failed to make / slave: Operation not permitted', 'mount-denied', /apparmor=unconfined/],
  ["bwrap: Can't find source path /root/.venv: Permission denied", 'unreadable-path', /private home/],
  ['something new', 'other', /kindling doctor/],
])('"%s" is told as %s, with the cure', (message, kind, cure) => {
  expect(diagnose(message)).toMatchObject({ kind, cure: expect.stringMatching(cure) })
  expect(sandboxRefusal(message).message).toContain(message.slice(0, 40))
})
