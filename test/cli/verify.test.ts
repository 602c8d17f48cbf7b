import { execFileSync } from 'node:child_process'
import { appendFile, chmod, cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256 } from '../../schemas/hash.ts'
import { config, type Place, place } from './command.ts'

const openssl = (here: Place, ...args: string[]) => execFileSync('openssl', args, { cwd: here.folder })

async function withKeys(): Promise<Place> {
  const here = await place()
  await here.tasks([{}, {}])
  openssl(here, 'genpkey', '-algorithm', 'ed25519', '-out', 'private.pem')
  openssl(here, 'pkey', '-in', 'private.pem', '-pubout', '-out', 'public.pem')
  return here
}

const exported = 'runs/command/export'

test('a signed run is whole by its key, and openssl takes the signature as it is', async () => {
  await using here = await withKeys()
  const run = await here.kindling(['run', config, '--sign', 'private.pem'])
  expect(run.code, run.err).toBe(0)
  const verified = await here.kindling(['verify', '--key', 'public.pem'])
  expect(verified, verified.err).toMatchObject({ code: 0 })
  expect(verified.out).toMatch(/ is whole: \d+ files, .*hf 2.*; signed by the key\n$/)

  const { manifest_version, before, inputs, models, tools } = JSON.parse(
    await readFile(join(here.folder, exported, 'manifest.json'), 'utf8'),
  )
  const table = await readFile(join(here.folder, 'tasks.jsonl'))
  const pictures = await Promise.all(['0.png', '1.png'].map(name => stat(join(here.folder, name))))
  expect({ manifest_version, before }).toEqual({ manifest_version: 2, before: null })
  expect(inputs).toEqual({
    tasks: [
      {
        name: 'jsonl',
        tasks: 2,
        pictures: { count: 2, bytes: pictures.reduce((sum, { size }) => sum + size, 0) },
        files: [{ path: 'tasks.jsonl', bytes: table.length, sha256: sha256(table) }],
      },
    ],
    texts: [],
  })
  expect(models).toEqual([
    { part: 'teacher', name: 'm', asked: 'm', answered: expect.any(String), replies: 4 },
  ])
  expect(tools).toMatchObject([{ name: 'python', kind: 'code', version: null }])

  const signed = ['-rawin', '-in', `${exported}/manifest.json`, '-sigfile', `${exported}/manifest.sig`]
  const said = openssl(here, 'pkeyutl', '-verify', '-pubin', '-inkey', 'public.pem', ...signed)
  expect(String(said)).toMatch(/Verified Successfully/)

  // Signed again, nothing is written; a replay has no signature and is the same.
  const { mtimeMs } = await stat(join(here.folder, exported, 'manifest.sig'))
  const again = await here.kindling(['run', config, '--sign', 'private.pem'])
  expect(again.code, again.err).toBe(0)
  expect((await stat(join(here.folder, exported, 'manifest.sig'))).mtimeMs).toBe(mtimeMs)
  const replayed = await here.kindling(['replay', config])
  expect(replayed.code, replayed.out).toBe(0)

  await appendFile(join(here.folder, exported, 'README.md'), 'more')
  const altered = await here.kindling(['verify', 'command'])
  expect(altered.code).toBe(74)
  expect(altered.out).toMatch(/^README\.md: expected \d+ bytes, found \d+ bytes; take it anew[^\n]*\n$/)
  const told = await here.kindling(['verify', exported, '--json'])
  expect(told.code).toBe(74)
  expect(JSON.parse(told.out)).toMatchObject({
    kind: 'result',
    status: 74,
    ok: false,
    faults: [{ path: 'README.md' }],
  })
})

test('an export that is there is signed later, and nothing else of it changes', async () => {
  await using here = await withKeys()
  await here.kindling(['run', config])
  const before = await readFile(join(here.folder, exported, 'manifest.json'))
  const unsigned = await here.kindling(['verify', '--key', 'public.pem'])
  expect(unsigned.code).toBe(74)
  expect(unsigned.out).toMatch(/^manifest\.sig: expected a signature by the key, found none; sign it with/)
  const signed = await here.kindling(['export', config, '--sign', 'private.pem'])
  expect(signed.code, signed.err).toBe(0)
  expect(await readFile(join(here.folder, exported, 'manifest.json'))).toEqual(before)
  expect((await here.kindling(['verify', '--key', 'public.pem'])).code).toBe(0)

  await cp(join(here.folder, exported), join(here.folder, 'copy'), { recursive: true, dereference: true })
  expect((await here.kindling(['verify', 'copy', '--key', 'public.pem'])).code).toBe(0)
})

test('an export of more tasks names the one before it, which is verified with it', async () => {
  await using here = await withKeys()
  await here.kindling(['run', config])
  await here.tasks([{}, {}, {}])
  const more = await here.kindling(['run', config, '--sign', 'private.pem'])
  expect(more.code, more.err).toBe(0)
  const verified = await here.kindling(['verify', '--key', 'public.pem'])
  expect(verified).toMatchObject({ code: 0 })
  expect(verified.out).toMatch(
    /exports\/0002 is whole: .*hf 3, .*; 1 of the exports before it was checked, back to the first; signed by the key\n$/,
  )
  expect((await here.kindling(['verify', 'runs/command/exports/0001'])).out).toMatch(
    /exports\/0001 is whole: .*hf 2, .*; it is the first export; not signed\n$/,
  )
  await appendFile(join(here.folder, 'runs/command/exports/0001/manifest.json'), ' ')
  const altered = await here.kindling(['verify'])
  expect(altered).toMatchObject({
    code: 74,
    out: expect.stringMatching(/^manifest\.json: expected 0001 with sha256/),
  })
})

const badKeys: [what: string, make: (here: Place) => Promise<unknown>, why: RegExp][] = [
  ['no file', async () => {}, /there is no such file/],
  ['a folder', here => mkdir(join(here.folder, 'key.pem')), /it is no file of a key/],
  ['no key', here => writeFile(join(here.folder, 'key.pem'), 'a', { mode: 0o600 }), /it is not in PEM/],
  [
    'a key of another kind',
    async here => openssl(here, 'genpkey', '-algorithm', 'ed448', '-out', 'key.pem'),
    /of the kind ed448, not ed25519/,
  ],
  [
    'a public key',
    async here => {
      await cp(join(here.folder, 'public.pem'), join(here.folder, 'key.pem'))
      await chmod(join(here.folder, 'key.pem'), 0o600)
    },
    /it is not in PEM as a private key/,
  ],
  [
    'an encrypted key',
    async here =>
      openssl(here, 'pkey', '-in', 'private.pem', '-aes256', '-passout', 'pass:a', '-out', 'key.pem'),
    /it is encrypted/,
  ],
  [
    'a key that a group may read',
    async here => {
      await cp(join(here.folder, 'private.pem'), join(here.folder, 'key.pem'))
      await chmod(join(here.folder, 'key.pem'), 0o640)
    },
    /others than its owner may read it; `chmod 600` it/,
  ],
]

test.each(badKeys)('%s to sign with is refused in one line before anybody is asked', async (_, make, why) => {
  await using here = await withKeys()
  await make(here)
  const { code, out, err } = await here.kindling(['run', config, '--sign', 'key.pem'])
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toMatch(/^--sign key\.pem: [^\n]*\n$/)
  expect(err).toMatch(why)
  expect(here.asked).toEqual([])
})

test('a private key is no key to verify by, and what is no export is said so', async () => {
  await using here = await withKeys()
  const key = await here.kindling(['verify', '.', '--key', 'private.pem'])
  expect(key).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^--key private\.pem: it is a private key; [^\n]*\n$/),
  })
  const nothing = await here.kindling(['verify', '.'])
  expect(nothing).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^\.: there is no manifest\.json in it/),
  })
  const nowhere = await here.kindling(['verify', 'nowhere'])
  expect(nowhere).toMatchObject({ code: 2, err: expect.stringMatching(/^nowhere: there is no such folder/) })
})
