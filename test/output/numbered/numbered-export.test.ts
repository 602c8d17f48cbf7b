import { mkdir, readdir, readFile, readlink, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import {
  numberedExports,
  olderExports,
  openDraft,
  removeExport,
  shownExport,
} from '../../../output/numbered/numbered-export.ts'
import { sha256 } from '../../../schemas/hash.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { first, second } from './exports.ts'
import { type Files, fill, write } from './writing.ts'

const inRun = async (work: (link: string) => Promise<void>) => {
  await using folder = await temporaryFolder()
  await work(join(folder.path, 'export'))
}

const there = (link: string) => readdir(`${link}s`)
const manifest = async (folder: string) => readFile(join(folder, 'manifest.json'), 'utf8')
const inode = async (...path: string[]) => (await stat(join(...path))).ino

test('each export has a number and stays; `export` is a relative link to the newest', () =>
  inRun(async link => {
    await write(link, first)
    const was = await manifest(`${link}s/0001`)
    expect(await readlink(link)).toBe('exports/0001')
    await write(link, second)
    expect(await readlink(link)).toBe('exports/0002')
    expect(await there(link)).toEqual(['0001', '0002'])
    expect(await manifest(`${link}s/0001`)).toBe(was)
    expect(JSON.parse(await manifest(link)).before).toEqual({ export: '0001', manifest: sha256(was) })
    expect(await shownExport(link)).toEqual({ export: '0002', manifest: sha256(await manifest(link)) })
  }))

test('a file that is the same lies on the disk once, also under another name', () =>
  inRun(async link => {
    await write(link, first)
    await write(link, second)
    const [one, two] = [`${link}s/0001`, `${link}s/0002`]
    expect(await inode(two, 'hf/renamed.parquet')).toBe(await inode(one, 'hf/old.parquet'))
    expect(await inode(two, 'README.md')).not.toBe(await inode(one, 'README.md'))
  }))

test('no number is made where the bytes are the same', () =>
  inRun(async link => {
    await write(link, first)
    await write(link, first)
    expect(await there(link)).toEqual(['0001'])
  }))

const touched: Record<string, (folder: string) => Promise<unknown>> = {
  'a file was changed': folder => writeFile(join(folder, 'hf/old.parquet'), 'swor'),
  'a file is gone': folder => rm(join(folder, 'README.md')),
  'a file is a folder': async folder => {
    await rm(join(folder, 'README.md'))
    await mkdir(join(folder, 'README.md'))
  },
  'the manifest is gone': folder => rm(join(folder, 'manifest.json')),
  'the manifest is none': folder => writeFile(join(folder, 'manifest.json'), '{'),
}

test.each(Object.keys(touched))(
  'a whole one is written beside one of which %s, and takes nothing from it',
  what =>
    inRun(async link => {
      await write(link, first)
      await touched[what]?.(`${link}s/0001`)
      await write(link, first)
      expect(await readlink(link)).toBe('exports/0002')
      for (const [path, text] of Object.entries(first))
        expect(await readFile(join(link, path), 'utf8')).toBe(text)
    }),
)

test('what an older kindling wrote gets a number when another comes', () =>
  inRun(async link => {
    await mkdir(link)
    await fill(link, first)
    await write(link, first)
    expect((await stat(link)).isDirectory()).toBe(true)
    const was = await manifest(link)
    await write(link, second)
    expect(await readlink(link)).toBe('exports/0002')
    expect(await manifest(`${link}s/0001`)).toBe(was)
    expect(JSON.parse(await manifest(link)).before).toEqual({ export: '0001', manifest: sha256(was) })
  }))

test('an older one that a person shows again is what the next comes after', () =>
  inRun(async link => {
    await write(link, first)
    await write(link, second)
    await rm(link)
    await symlink('exports/0001', link)
    await write(link, { 'README.md': 'three' })
    expect(await readlink(link)).toBe('exports/0003')
    expect(JSON.parse(await manifest(link)).before.export).toBe('0001')
  }))

test('the newest is shown again, and not written twice, where a person showed an older one', () =>
  inRun(async link => {
    await write(link, first)
    await write(link, second)
    await rm(link)
    await symlink('exports/0001', link)
    await write(link, second)
    expect(await readlink(link)).toBe('exports/0002')
    expect(await there(link)).toEqual(['0001', '0002'])
  }))

test('a copy of a run whose link leads to the run itself shows its own', () =>
  inRun(async link => {
    await write(link, first)
    const copy = join(dirname(link), 'copy', 'export')
    await mkdir(`${copy}s/0001`, { recursive: true })
    await fill(`${copy}s/0001`, first, { before: null })
    await symlink(`${link}s/0001`, copy)
    await write(copy, first)
    expect(await readlink(copy)).toBe('exports/0001')
    expect(await there(copy)).toEqual(['0001'])
  }))

test('what is refused lies beside the exports until the next one, and is none of them', () =>
  inRun(async link => {
    await write(link, first)
    const refuse = async (files: Files) => {
      await using draft = await openDraft(link)
      await fill(draft.path, files)
      return await draft.refuse()
    }
    expect(await refuse(second)).toBe(`${link}s/0002.refused`)
    expect(await refuse({ 'README.md': 'three' })).toBe(`${link}s/0002.refused`)
    expect(await readFile(`${link}s/0002.refused/README.md`, 'utf8')).toBe('three')
    expect(await readlink(link)).toBe('exports/0001')
    expect((await numberedExports(link)).map(({ name }) => name)).toEqual(['0001'])
    await write(link, second)
    expect(await there(link)).toEqual(['0001', '0002'])
  }))

test('the older ones are those before the last so many, without the one that is shown', () =>
  inRun(async link => {
    for (let each = 1; each <= 10; each++) await write(link, { 'README.md': String(each) })
    await mkdir(`${link}s/0000`)
    await mkdir(`${link}s/mine`)
    await rename(`${link}s/0010`, `${link}s/10000`)
    await rm(link)
    await symlink('exports/0002', link)
    const older = async (keep: number) => (await olderExports(link, keep)).map(({ name }) => name)
    expect(await older(1)).toEqual(['0001', '0003', '0004', '0005', '0006', '0007', '0008', '0009'])
    expect(await older(8)).toEqual(['0001'])
    expect(await older(20)).toEqual([])
    for (const { path } of await olderExports(link, 1)) await removeExport(path)
    expect((await there(link)).sort()).toEqual(['0000', '0002', '10000', 'mine'])
    await write(link, first)
    expect(await readlink(link)).toBe('exports/10001')
  }))
