import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import {
  appendFile,
  cp,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { signExport } from '../../../output/lineage/signature.ts'
import { verifyExport } from '../../../output/lineage/verify-export.ts'
import { sha256 } from '../../../schemas/hash.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { type Numbered, numberedExports } from './numbered.ts'

const shard = 'hf/data/train-00000-of-00001.parquet'
const lines = 'lines/train/train-00000-of-00001.jsonl'
const keys = generateKeyPairSync('ed25519')
const others = generateKeyPairSync('ed25519')

test('an export is whole, and so are those before it', async () => {
  await using exports = await numberedExports()
  const { folder, ...found } = await verifyExport(exports.at('0003'))
  expect(folder).toBe(exports.at('0003'))
  expect(found).toMatchObject({
    name: 'test-run',
    files: 13,
    rows: { hf: 3, deepeyes_sft: 3, rejected: 1, lines: 3 },
    chain: { checked: ['0002', '0001'], end: 'first' },
    signature: 'none',
    faults: [],
  })
})

interface Signing {
  key?: KeyObject
}

type Tampering = [
  what: string,
  tamper: (exports: Numbered, last: string) => Promise<unknown>,
  faults: [path: string, found: RegExp][],
  signing?: Signing,
]

const edit = async (folder: string, change: (manifest: Held) => void) => {
  const path = join(folder, 'manifest.json')
  const manifest = JSON.parse(await readFile(path, 'utf8'))
  change(manifest)
  await writeFile(path, JSON.stringify(manifest, null, 2))
}

interface Held {
  name: string
  before: { export: string; manifest: string } | null
  files: { path: string; bytes: number; sha256: string; rows?: number }[]
  targets: { rows: number }[]
}

const fileOf = ({ files }: Held, path = shard) => {
  const file = files.find(file => file.path === path)
  if (!file) throw new Error(`no ${path}`)
  return file
}

/** Other bytes, named by the manifest as they are. */
const replaced = async (last: string, bytes: Buffer, path = shard) => {
  await writeFile(join(last, path), bytes)
  await edit(last, manifest =>
    Object.assign(fileOf(manifest, path), { bytes: bytes.length, sha256: sha256(bytes) }),
  )
}

const swap = async (one: string, other: string) => {
  await rename(one, `${one}.aside`)
  await rename(other, one)
  await rename(`${one}.aside`, other)
}

const tamperings: Tampering[] = [
  [
    'a flipped bit',
    async (_, last) => {
      await using file = await open(join(last, shard), 'r+')
      const byte = Buffer.alloc(1)
      await file.read(byte, 0, 1, 100)
      await file.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, 100)
    },
    [[shard, /^sha256 /]],
  ],
  ['a file that was cut', (_, last) => truncate(join(last, shard), 100), [[shard, /^100 bytes/]]],
  ['a file that grew', (_, last) => appendFile(join(last, 'README.md'), ' '), [['README.md', /bytes/]]],
  ['a file that is gone', (_, last) => rm(join(last, shard)), [[shard, /^no such file/]]],
  [
    'a folder that is gone',
    (_, last) => rm(join(last, 'hf'), { recursive: true }),
    [[shard, /^no such file/]],
  ],
  [
    'another file among the shards',
    (_, last) => cp(join(last, shard), join(last, 'hf/data/train-00001-of-00002.parquet')),
    [['hf/data/train-00001-of-00002.parquet', /does not name/]],
  ],
  ['a hidden file', (_, last) => writeFile(join(last, 'hf/.more'), ''), [['hf/.more', /does not name/]]],
  [
    'a shard under another name',
    (_, last) => rename(join(last, shard), join(last, 'hf/data/train.parquet')),
    [
      [shard, /^no such file/],
      ['hf/data/train.parquet', /does not name/],
    ],
  ],
  [
    'shards of two targets that changed places',
    (_, last) => swap(join(last, shard), join(last, 'rejected/data/rejected-00000-of-00001.parquet')),
    [
      [shard, /bytes$/],
      ['rejected/data/rejected-00000-of-00001.parquet', /bytes$/],
    ],
  ],
  [
    'a link to a file outside, with the same bytes',
    async ({ folder }, last) => {
      await rename(join(last, shard), join(folder, 'outside'))
      await symlink(join(folder, 'outside'), join(last, shard))
    },
    [[shard, /^a link/]],
  ],
  [
    'a folder that is a link, with the same files',
    async ({ folder }, last) => {
      await rename(join(last, 'hf'), join(folder, 'outside'))
      await symlink(join(folder, 'outside'), join(last, 'hf'))
    },
    [
      [shard, /^no such file/],
      ['hf', /does not name/],
    ],
  ],
  [
    'a pipe in the place of a file',
    async (_, last) => {
      await rm(join(last, shard))
      execFileSync('mkfifo', [join(last, shard)])
    },
    [[shard, /special file/]],
  ],
  [
    'other rows that the manifest names as they are',
    async ({ at }, last) => replaced(last, await readFile(join(at('0001'), shard))),
    [[shard, /^1 rows/]],
  ],
  [
    'no Parquet that the manifest names as it is',
    (_, last) => replaced(last, Buffer.from('PAR1 no more PAR1')),
    [[shard, /^no Parquet/]],
  ],
  [
    'other lines that the manifest names as they are',
    (_, last) => replaced(last, Buffer.from('{}\n{}\n'), lines),
    [[lines, /^2 rows/]],
  ],
  [
    'more rows of a target',
    (_, last) =>
      edit(last, ({ targets: [first] }) => {
        if (first) first.rows = 9
      }),
    [['manifest.json', /^3 in its files/]],
  ],
  [
    'a path that leads out',
    async ({ folder }, last) => {
      await writeFile(join(folder, 'secret'), 'secret')
      await edit(last, ({ files }) => files.push({ path: '../secret', bytes: 6, sha256: sha256('secret') }))
    },
    [['manifest.json', /the path \.\.\/secret/]],
  ],
  [
    'a path from the root',
    (_, last) =>
      edit(last, ({ files }) => files.push({ path: '/etc/hostname', bytes: 1, sha256: sha256('') })),
    [['manifest.json', /the path \/etc\/hostname/]],
  ],
  [
    'a file that is named twice',
    (_, last) => edit(last, manifest => manifest.files.push({ ...fileOf(manifest, 'README.md') })),
    [['manifest.json', /README\.md again/]],
  ],
  [
    'another hash before it',
    (_, last) =>
      edit(last, ({ before }) => {
        if (before) before.manifest = sha256('another')
      }),
    [['manifest.json', /^0002 with sha256 /]],
  ],
  [
    'itself before it',
    (_, last) =>
      edit(last, ({ before }) => {
        if (before) before.export = '0003'
      }),
    [['manifest.json', /^0003 is not earlier/]],
  ],
  [
    'nothing before it',
    (_, last) =>
      edit(last, manifest => {
        manifest.before = null
      }),
    [['manifest.json', /^none/]],
  ],
  [
    'an earlier manifest that was edited',
    ({ at }) =>
      edit(at('0001'), manifest => {
        manifest.name = 'another'
      }),
    [['manifest.json', /^0001 with sha256 /]],
  ],
  [
    'an earlier manifest that is none',
    ({ at }) => writeFile(join(at('0001'), 'manifest.json'), '{'),
    [['manifest.json', /it is not JSON/]],
  ],
  [
    'an earlier manifest that is gone',
    ({ at }) => rm(join(at('0002'), 'manifest.json')),
    [['manifest.json', /^no manifest in 0002/]],
  ],
  [
    'an earlier export that is a link',
    async ({ at, folder }) => {
      await rename(at('0002'), join(folder, 'outside'))
      await symlink(join(folder, 'outside'), at('0002'))
    },
    [['manifest.json', /^0002 is no folder/]],
  ],
  [
    'manifests that changed places',
    ({ at }, last) => swap(join(last, 'manifest.json'), join(at('0002'), 'manifest.json')),
    [
      [shard, /bytes$/],
      ['deepeyes_sft/train/train-00000-of-00001.parquet', /bytes$/],
      ['deepeyes_sft/kindling.yaml', /^sha256|bytes$/],
      [lines, /bytes$/],
      ...['rows', 'turns', 'calls', 'facts', 'images'].map((name): [string, RegExp] => [
        `tables/${name}.parquet`,
        /bytes$/,
      ]),
      ['README.md', /bytes$|^sha256/],
    ],
  ],
  ['no signature where one has to be', async () => {}, [['manifest.sig', /^none/]], { key: keys.publicKey }],
  [
    'a signature by another key',
    (_, last) => signExport(last, others.privateKey),
    [['manifest.sig', /another key/]],
    { key: keys.publicKey },
  ],
  [
    'a signature of another manifest',
    async ({ at }, last) => {
      await signExport(at('0002'), keys.privateKey)
      await cp(join(at('0002'), 'manifest.sig'), join(last, 'manifest.sig'))
    },
    [['manifest.sig', /^one of another manifest/]],
    { key: keys.publicKey },
  ],
  [
    'a manifest that was edited after it was signed',
    async (_, last) => {
      await signExport(last, keys.privateKey)
      await edit(last, manifest => {
        manifest.name = 'another'
      })
    },
    [['manifest.sig', /^one of another manifest/]],
    { key: keys.publicKey },
  ],
  [
    'a signature that was cut',
    async (_, last) => {
      await signExport(last, keys.privateKey)
      await truncate(join(last, 'manifest.sig'), 63)
    },
    [['manifest.sig', /^63 bytes/]],
  ],
  [
    'a signature that is a link',
    async ({ folder }, last) => {
      await signExport(last, keys.privateKey)
      await rename(join(last, 'manifest.sig'), join(folder, 'outside'))
      await symlink(join(folder, 'outside'), join(last, 'manifest.sig'))
    },
    [['manifest.sig', /symbolic link/]],
  ],
]

test.each(tamperings)('%s is found, and nothing else', async (_, tamper, faults, { key } = {}) => {
  await using exports = await numberedExports()
  await tamper(exports, exports.at('0003'))
  const found = await verifyExport(exports.at('0003'), key)
  const expected = faults.map(([path, found]) => ({ path, found: expect.stringMatching(found) }))
  expect(found.faults).toMatchObject(expected)
})

const harmless: [
  what: string,
  change: (exports: Numbered, last: string) => Promise<unknown>,
  chain: object,
][] = [
  [
    'exports that were removed',
    ({ at }) => rm(at('0001'), { recursive: true }),
    { checked: ['0002'], end: 'gone', at: '0001' },
  ],
  [
    'hard links',
    async ({ folder }, last) => {
      await link(join(last, shard), join(folder, 'another name'))
    },
    { end: 'first' },
  ],
  [
    'what git and the Hub leave',
    async (_, last) => {
      await writeFile(join(last, '.gitattributes'), '')
      await mkdir(join(last, '.cache/huggingface'), { recursive: true })
      await writeFile(join(last, '.cache/huggingface/README.md.metadata'), '')
    },
    { end: 'first' },
  ],
]

test.each(harmless)('%s do no harm', async (_, change, chain) => {
  await using exports = await numberedExports()
  await change(exports, exports.at('0003'))
  expect(await verifyExport(exports.at('0003'))).toMatchObject({ faults: [], chain })
})

test('a copy elsewhere is whole, and says what it cannot be held against', async () => {
  await using exports = await numberedExports()
  await using elsewhere = await temporaryFolder()
  const copy = join(elsewhere.path, 'copy')
  await cp(exports.at('0003'), copy, { recursive: true })
  const chain = { checked: [], end: 'apart', at: '0002' }
  expect(await verifyExport(copy)).toMatchObject({ faults: [], chain })
})

test('a link to an export is that export, and one of an older kindling is without a chain', async () => {
  await using exports = await numberedExports()
  await edit(exports.at('0001'), manifest => Reflect.deleteProperty(manifest, 'before'))
  await symlink('0001', join(exports.folder, 'export'))
  const found = await verifyExport(join(exports.folder, 'export'))
  expect(found).toMatchObject({ folder: exports.at('0001'), faults: [], chain: { end: 'unchained' } })
})

test('a signature is taken where its key is, and told of where none is given', async () => {
  await using exports = await numberedExports()
  const last = exports.at('0003')
  const before = await readdir(last)
  await signExport(last, keys.privateKey)
  expect((await readdir(last)).sort()).toEqual([...before, 'manifest.sig'].sort())
  expect(await verifyExport(last, keys.publicKey)).toMatchObject({ signature: 'good', faults: [] })
  expect(await verifyExport(last)).toMatchObject({ signature: 'unchecked', faults: [] })
})

const manifests: [what: string, text: string | Buffer, why: RegExp][] = [
  ['nothing', '', /is not JSON/],
  ['a list', '[]', /must be object/],
  ['no files', '{"manifest_version":1,"name":"a","targets":[]}', /files/],
  ['a later version', '{"manifest_version":3,"name":"a","targets":[],"files":[]}', /manifest_version/],
  ['what is no UTF-8', Buffer.from([0xff, 0xfe]), /is not JSON/],
  ['lists without end', '['.repeat(1_000_000), /is not JSON/],
  [
    'a number of bytes that is none',
    `{"manifest_version":1,"name":"a","targets":[],"files":[{"path":"a","bytes":-1,"sha256":"${sha256('')}"}]}`,
    /files\.0\.bytes/,
  ],
]

test.each(manifests)('a manifest of %s is refused in one line', async (_, text, why) => {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'manifest.json'), text)
  const refused = verifyExport(folder.path)
  await expect(refused).rejects.toThrow(why)
  await expect(refused).rejects.toThrow(/^[^\n]*$/)
})

test('a manifest that is larger than any is not read', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'manifest.json')
  await writeFile(path, '')
  await truncate(path, 200_000_000)
  await expect(verifyExport(folder.path)).rejects.toThrow(/200000000 bytes/)
})
