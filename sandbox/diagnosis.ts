import { SandboxError } from './sandbox.ts'

/** Why bubblewrap cannot make a jail here, and what to do about it. */
interface Diagnosis {
  kind: string
  cure: string
}

const inContainer =
  'in a container start it with `--security-opt seccomp=unconfined --security-opt apparmor=unconfined`, or use a remote or container sandbox'

const appArmorProfile =
  'give bubblewrap user namespaces: write `abi <abi/4.0>, include <tunables/global> profile bwrap /usr/bin/bwrap flags=(unconfined) { userns, }` to /etc/apparmor.d/bwrap and run `apparmor_parser -r /etc/apparmor.d/bwrap`'

const known: [pattern: RegExp, diagnosis: Diagnosis][] = [
  [
    /ENOENT/,
    { kind: 'no-bwrap', cure: 'install bubblewrap: `apt-get install bubblewrap`, or `kindling setup`' },
  ],
  [
    /No permissions to creat/,
    {
      kind: 'userns-denied',
      cure: `user namespaces are denied; ${inContainer}; on a host set \`sysctl kernel.unprivileged_userns_clone=1\``,
    },
  ],
  [
    /max_\*_namespaces exceeded|ENOSPC/,
    { kind: 'userns-limit-0', cure: 'no user namespace is allowed: `sysctl user.max_user_namespaces=15000`' },
  ],
  [/setting up uid map: Permission denied|RTM_NEWADDR/, { kind: 'apparmor-userns', cure: appArmorProfile }],
  [
    /setting up uid map: Operation not permitted/,
    {
      kind: 'root-without-setfcap',
      cure: 'root without CAP_SETFCAP: run as an ordinary user, or grant the capability',
    },
  ],
  [
    /Can't mount proc/,
    {
      kind: 'masked-proc',
      cure: `/proc is masked; ${inContainer} and \`--security-opt systempaths=unconfined\``,
    },
  ],
  [/Failed to make \/ slave/, { kind: 'mount-denied', cure: `mounting is denied; ${inContainer}` }],
  [
    /Can't find source path|execvp .*Permission denied/,
    {
      kind: 'unreadable-path',
      cure: 'the Python, or a folder above it, is not readable by the user the jail runs as: move it out of a private home, or run as its owner',
    },
  ],
  [
    /EMFILE|ENFILE/,
    {
      kind: 'no-descriptors',
      cure: 'there are too few file descriptors: raise the limit (`ulimit -n 4096`)',
    },
  ],
  [
    /spawn.*(EPERM|EACCES)|EPERM.*spawn/,
    {
      kind: 'no-setuid',
      cure: 'root without CAP_SETUID cannot drop to another user: run as an ordinary user, or grant the capability',
    },
  ],
]

/** Names the reason in what bubblewrap, or starting it, said. */
export function diagnose(message: string): Diagnosis {
  const found = known.find(([pattern]) => pattern.test(message))
  return found?.[1] ?? { kind: 'other', cure: 'run `kindling doctor` for each part of the sandbox' }
}

/** The refusal that a user reads: what was said, and the cure. */
export function sandboxRefusal(message: string): SandboxError {
  const { kind, cure } = diagnose(message)
  return new SandboxError(`the sandbox cannot start (${kind}: ${message.trim().slice(0, 300)}); ${cure}`)
}
