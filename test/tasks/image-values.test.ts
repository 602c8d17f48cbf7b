import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { jsonl } from '../../tasks/jsonl.ts'
import { fields, folderWithImage, refusal, row, source, takeIn } from './files.ts'

/** A picture in base64, and where the same picture lies. */
interface Picture {
  base64: string
  path: string
}

const bytesIn = (base64: string) => [...Buffer.from(base64, 'base64')]

const places: [title: string, cell: (picture: Picture) => unknown, pictures?: number][] = [
  ['a path beside the file', () => 'a.png'],
  ['an absolute path', ({ path }) => path],
  ['a file URL', ({ path }) => pathToFileURL(path).href],
  ['a file URL that names this host, in capitals', ({ path }) => `FILE://localhost${path}`],
  ['a file URL with escaped characters', ({ path }) => pathToFileURL(path).href.replace('a.png', '%61.png')],
  ['a data URL', ({ base64 }) => `data:image/png;base64,${base64}`],
  ['a data URL in capitals', ({ base64 }) => `DATA:IMAGE/PNG;BASE64,${base64}`],
  ['a data URL of no type', ({ base64 }) => `data:;base64,${base64}`],
  ['a data URL with parameters', ({ base64 }) => `data:image/png;name=a.png; base64 ,${base64}`],
  ['a data URL with escapes', ({ base64 }) => `data:image/png;base64,${encodeURIComponent(base64)}`],
  ['a data URL with breaks between lines', ({ base64 }) => `\ndata:image/png;base64,${broken(base64)}`],
  ['a data URL without base64', () => `data:image/svg+xml,${encodeURIComponent(svg)}`],
  ['base64', ({ base64 }) => base64],
  ['base64 without padding', ({ base64 }) => base64.replace(/=+$/, '')],
  ['base64 with breaks between lines', ({ base64 }) => broken(base64)],
  ['base64 in the alphabet of URLs', ({ base64 }) => Buffer.from(base64, 'base64').toString('base64url')],
  ['bytes and path', ({ base64 }) => ({ bytes: base64, path: 'other.jpg' })],
  ['bytes and no path', ({ base64 }) => ({ bytes: base64, path: null })],
  ['bytes as a data URL', ({ base64 }) => ({ bytes: `data:image/png;base64,${base64}` })],
  ['bytes as numbers', ({ base64 }) => ({ bytes: bytesIn(base64) })],
  ['a path and no bytes', () => ({ bytes: null, path: 'a.png' })],
  ['a path in base64', ({ base64 }) => ({ path: base64 })],
  ['an object with a URL', ({ path }) => ({ url: pathToFileURL(path).href })],
  [
    'a part of a message',
    ({ base64 }) => ({ type: 'image_url', image_url: { url: `data:;base64,${base64}` } }),
  ],
  ['a part of a message of other kind', () => ({ type: 'image', image: 'a.png' })],
  ['an object as text', () => '{"bytes": null, "path": "a.png"}'],
  ['a list', ({ base64, path }) => ['a.png', base64, { url: path }], 3],
  ['a list of one', () => ['a.png']],
  ['a list in JSON', () => '["a.png", "./a.png"]', 2],
  ['a list as Python prints it', () => "['a.png', './a.png']", 2],
  ['a list of objects as Python prints it', () => "[{'bytes': None, 'path': 'a.png'}]"],
]

const broken = (base64: string) => base64.replace(/.{76}/g, '$&\r\n')
const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6"/></svg>'

test.each(places)('%s is where a picture may be', async (_, cell, pictures = 1) => {
  await using folder = await folderWithImage()
  const path = join(folder.path, 'a.png')
  const image = cell({ path, base64: (await readFile(path)).toString('base64') })
  const file = await folder.lines('tasks.jsonl', [row({ image })])
  const { tasks } = await takeIn([jsonl(file, { fields, source })])
  expect(tasks[0]?.images).toHaveLength(pictures)
  for (const kept of tasks[0]?.images ?? []) expect(kept).toMatchObject({ width: 8, height: 6 })
})

const formats = ['jpeg', 'webp', 'gif', 'tiff', 'avif'] as const

test.each(formats)('%s in base64 is known by how it begins', async format => {
  await using folder = await folderWithImage()
  const bytes = await sharp(join(folder.path, 'a.png')).toFormat(format).toBuffer()
  const file = await folder.lines('tasks.jsonl', [row({ image: bytes.toString('base64') })])
  const { tasks } = await takeIn([jsonl(file, { fields, source })])
  expect(tasks[0]?.images).toMatchObject([{ width: 8, height: 6 }])
})

const refused: [title: string, image: unknown, line: string][] = [
  [
    'an address',
    `https://example.org/${'a'.repeat(5000)}.png`,
    `images: is a URL (https://example.org/${'a'.repeat(40)}…${'a'.repeat(26)}.png); download the image and give its path`,
  ],
  [
    'an address in an object',
    { url: 'http://example.org/a.png' },
    'images: is a URL (http://example.org/a.png); download the image and give its path',
  ],
  [
    'a file of another machine',
    'file://other/a.png',
    'images: is no file URL of this machine (file://other/a.png); write file:///… or a path',
  ],
  [
    'a data URL that is not whole',
    'data:image/png;base64',
    'images: is a data URL that is not whole (data:image/png;base64); write data:image/png;base64,…',
  ],
  [
    'a data URL with a wrong escape',
    'data:image/png;base64,%zz',
    'images: is a data URL that is not whole (data:image/png;base64,%zz); write data:image/png;base64,…',
  ],
  [
    'base64 with other characters',
    'data:image/png;base64,iVBO#w0K',
    'images: is not base64 from character 5 on; encode it anew',
  ],
  [
    'base64 of no picture',
    Buffer.alloc(6000, 'no picture ').toString('base64'),
    `images: holds a text (${Buffer.alloc(45, 'no picture ').toString('base64')}…${Buffer.alloc(6000, 'no picture ').toString('base64').slice(-30)}) that is neither a path nor a picture in base64; correct it`,
  ],
  [
    'bytes that are none',
    { bytes: 7, path: 'a.png' },
    'images: holds an image whose `bytes` are neither bytes nor base64; correct the row',
  ],
  [
    'bytes with a number that is none',
    { bytes: [137, 256] },
    'images: holds an image whose `bytes` are neither bytes nor base64; correct the row',
  ],
  [
    'bytes that are empty',
    { bytes: '', path: 'a.png' },
    'image: it has no bytes; correct it or remove the row',
  ],
  [
    'an object of another kind',
    { id: 7 },
    'images: holds something that is no image; give a path, bytes, a data URL, { bytes, path }, or a list of these',
  ],
  [
    'a path that looks like a list',
    '[a].png',
    'image [a].png: there is no such file; correct it or remove the row',
  ],
  [
    'a path in letters of base64',
    `iVBORw0KGgo/${'x'.repeat(40)}.png`,
    `image iVBORw0KGgo/${'x'.repeat(40)}.png: there is no such file; correct it or remove the row`,
  ],
]

test.each(refused)('%s is refused in one line', async (_, image, line) => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [row({ image })])
  const lines = await refusal([jsonl(file, { fields, source })], folder.path)
  expect(lines).toEqual([`tasks.jsonl:1: ${line}`])
})
