import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { InputError } from '../../schemas/input-error.ts'
import type { Results } from '../../schemas/trajectory.ts'
import { type CorpusImage, imageCorpus } from '../../tools/corpus/image-corpus.ts'
import { imageSearch } from '../../tools/image-search.ts'
import { ToolError } from '../../tools/tool.ts'
import { png, temporaryFolder } from '../fixtures.ts'
import { shown } from './context.ts'

/** Three stripes, upright or lying. */
const stripes = (colours: [string, string, string], upright = true, [width, height] = [400, 300]) => {
  const bands = colours.map((colour, index) => {
    const [x, y] = upright ? [index * 100, 0] : [0, index * 100]
    return `<rect x="${x}" y="${y}" width="${upright ? 100 : 300}" height="${upright ? 300 : 100}" fill="${colour}"/>`
  })
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 300" preserveAspectRatio="none" width="${width}" height="${height}">${bands.join('')}</svg>`,
  )
}

const pictures: CorpusImage[] = [
  { id: 'fr', title: 'Flag of France', bytes: stripes(['#002395', '#ffffff', '#ed2939']) },
  {
    id: 'ie',
    title: 'Flag of Ireland',
    bytes: stripes(['#169b62', '#ffffff', '#ff883e']),
    licence: 'CC0-1.0',
  },
  { id: 'ci', title: 'Flag of Ivory Coast', bytes: stripes(['#ff883e', '#ffffff', '#169b62']) },
  { id: 'nl', title: 'Flag of the Netherlands', bytes: stripes(['#ae1c28', '#ffffff', '#21468b'], false) },
  { id: 'de', title: 'Flag\nof Germany', bytes: stripes(['#000000', '#dd0000', '#ffce00'], false) },
]

async function* each(items: CorpusImage[]) {
  yield* items
}

const open = (path: string, items = pictures) =>
  imageCorpus({
    path,
    name: 'flags',
    licence: 'MIT',
    images: { [Symbol.asyncIterator]: () => each(items) },
  })

async function withSearch(
  shownPictures: Uint8Array[],
  work: (
    search: (asked: object) => Promise<{ text: string; images: number; data: Results }>,
    bytes: (sha256: string) => Promise<Uint8Array>,
  ) => Promise<void>,
) {
  await using folder = await temporaryFolder()
  await using run = await shown(...shownPictures)
  const corpus = await open(join(folder.path, 'flags.sqlite'))
  const tool = imageSearch({ corpus, top: 3 })
  const search = async (asked: object) => {
    const { parts, data, mistake } = await tool.run(asked as never, run.context)
    expect(mistake).toBeNull()
    const [first, ...rest] = parts
    expect(rest.every(part => part.type === 'image')).toBe(true)
    return { text: first?.type === 'text' ? first.text : '', images: rest.length, data: data as Results }
  }
  await work(search, sha256 => run.context.bytes({ sha256 } as never))
  corpus.close()
}

test('An image is looked up among others, which are named in the order they are shown', async () => {
  const query = stripes(['#012a9c', '#fafafa', '#e8303d'], true, [600, 320])
  await withSearch([await png(), query], async search => {
    const { text, images, data } = await search({ image: 'image_2' })
    const lines = text.split('\n')
    expect(lines.slice(0, 3)).toEqual([
      'Found 3 results for image_2:',
      '',
      '1. image_3: Flag of France (id: fr)',
    ])
    expect(lines[4]).toMatch(/^3\. image_5: Flag of .* \(id: ..\)$/)
    expect(images).toBe(3)
    expect(data.results[0]).toMatchObject({ id: 'fr', title: 'Flag of France', licence: 'MIT' })
    expect(data).toMatchObject({ kind: 'results', provider: 'flags', query: 'image_2' })
  })
})

test('The first image is looked up unless another is named', () =>
  withSearch([stripes(['#169b62', '#ffffff', '#ff883e'])], async search => {
    const { text, data } = await search({})
    expect(text).toMatch(/^Found 3 results for image_1:\n\n1\. image_2: Flag of Ireland \(id: ie\)/)
    expect(data.results[0]?.licence).toBe('CC0-1.0')
    expect(await search({ image: 'image_1' })).toEqual({ text, images: 3, data })
  }))

test('A picture that mirrors the query comes after the one that is not mirrored', () =>
  withSearch([stripes(['#ff883e', '#ffffff', '#169b62'])], async search => {
    const { data } = await search({})
    expect(data.results.map(({ id }) => id).slice(0, 2)).toEqual(['ci', 'ie'])
  }))

test('A crop, a poor JPEG, and a picture within a noisy border are recognised', async () => {
  const flag = await sharp(stripes(['#000000', '#dd0000', '#ffce00'], false))
    .png()
    .toBuffer()
  const crop = await sharp(flag).extract({ left: 100, top: 60, width: 260, height: 200 }).png().toBuffer()
  const poor = await sharp(flag).resize(90).modulate({ brightness: 1.2 }).jpeg({ quality: 20 }).toBuffer()
  const noise = Buffer.from(Array.from({ length: 600 * 500 * 3 }, (_, at) => 110 + ((at * 7919) % 23)))
  const bordered = await sharp(noise, { raw: { width: 600, height: 500, channels: 3 } })
    .composite([{ input: flag, left: 40, top: 90 }])
    .png()
    .toBuffer()
  await withSearch([crop, poor, bordered], async search => {
    for (const image of ['image_1', 'image_2', 'image_3']) {
      expect((await search({ image })).data.results[0]?.id, image).toBe('de')
    }
  })
})

test('Thumbnails are small images that were kept, one for each result', () =>
  withSearch([stripes(['#000000', '#dd0000', '#ffce00'], false)], async (search, bytes) => {
    const { data } = await search({})
    expect(data.results[0]?.image).toMatchObject({ width: 160, height: 120, mime: 'image/jpeg' })
    const metadata = await sharp(await bytes(data.results[0]?.image?.sha256 ?? '')).metadata()
    expect(metadata.width).toBe(160)
  }))

test('Words find pictures by title', async () => {
  await withSearch([await png()], async search => {
    const { text } = await search({ query: 'germany flags' })
    expect(text).toMatch(
      /^Found 3 results for "germany flags":\n\n1\. image_2: Flag of Germany \(id: de\)\n2\. image_3: /,
    )
    const none = await search({ query: 'zeppelin' })
    expect(none).toMatchObject({ text: 'Found no results for "zeppelin".', images: 0, data: { results: [] } })
  })
})

test('A name that nothing has, an empty query, and both at once are the teacher’s mistakes', async () => {
  await withSearch([await png(), await png(9, 9)], async search => {
    const unknown = search({ image: 'image_3' })
    await expect(unknown).rejects.toThrow(ToolError)
    await expect(unknown).rejects.toThrow('There is no image named "image_3"; there are image_1 to image_2.')
    for (const image of ['', 'image_0', 'image_01', 'flag.png', 'image_1\n']) {
      await expect(search({ image })).rejects.toThrow(ToolError)
    }
    await expect(search({ query: ' ' })).rejects.toThrow(ToolError)
    await expect(search({ query: 'a', image: 'image_1' })).rejects.toThrow('not both')
  })
  await withSearch([await png()], search =>
    expect(search({ image: 'image_2' })).rejects.toThrow('the only image is image_1'),
  )
})

test('A link is shown in place of the id', async () => {
  const linked = {
    name: 'service',
    options: {},
    byImage: async () => [
      { id: 'x', title: 'X', licence: null, link: 'https://example.org/', score: 1, thumbnail: await png() },
    ],
  }
  await using run = await shown(await png())
  const { parts, data } = await imageSearch({ corpus: linked }).run({} as never, run.context)
  expect(parts[0]).toMatchObject({
    text: 'Found 1 result for image_1:\n\n1. image_2: X (link: https://example.org/)',
  })
  expect(data).toMatchObject({ results: [{ id: 'x', link: 'https://example.org/' }] })
})

test('A provider without pictures or words to search still fits', async () => {
  const bare = {
    name: 'service',
    options: {},
    byImage: async () => [{ id: 'x', title: 'X', licence: null, score: 1, thumbnail: null }],
  }
  const tool = imageSearch({ corpus: bare })
  expect(tool.options).toEqual({ corpus: 'service', top: 5 })
  expect(tool.args).toHaveProperty('properties.image')
  expect(tool.args).not.toHaveProperty('properties.query')
  await using run = await shown(await png())
  const { parts } = await tool.run({} as never, run.context)
  expect(parts).toEqual([{ type: 'text', text: 'Found 1 result for image_1:\n\n1. X (id: x, no thumbnail)' }])
})

/** A picture with many colours, and nothing in it twice. */
const scene = (seed: number) => {
  const blobs = Array.from({ length: 60 }, (_, index) => {
    const at = (index + 1) * (seed + 3)
    const [x, y, hue] = [(at * 97) % 400, (at * 61) % 300, (at * 47) % 360]
    return `<circle cx="${x}" cy="${y}" r="${12 + (at % 40)}" fill="hsl(${hue},60%,${30 + (at % 50)}%)"/>`
  })
  return sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300">${blobs.join('')}</svg>`),
  )
    .flatten({ background: '#888888' })
    .png()
    .toBuffer()
}

test('A mirrored crop and a poor copy find the picture they were made of', async () => {
  await using folder = await temporaryFolder()
  const seeds = Array.from({ length: 12 }, (_, seed) => seed)
  const scenes = await Promise.all(
    seeds.map(async seed => ({
      id: String(seed),
      title: `Scene ${seed}`,
      bytes: await scene(seed),
      link: 'https://example.org/',
    })),
  )
  const corpus = await open(join(folder.path, 'scenes.sqlite'), scenes)
  const { signal } = new AbortController()
  for (const { id, bytes } of scenes) {
    const crop = sharp(bytes).extract({ left: 90, top: 20, width: 260, height: 200 })
    const mirrored = await sharp(await crop.toBuffer())
      .flop()
      .jpeg({ quality: 50 })
      .toBuffer()
    expect((await corpus.byImage(mirrored, 1, signal))[0]?.id).toBe(id)
    const copy = await sharp(bytes).resize(150).jpeg({ quality: 40 }).toBuffer()
    const [best, next] = await corpus.byImage(copy, 2, signal)
    expect(best).toMatchObject({ id, link: 'https://example.org/' })
    expect(best?.score).toBeGreaterThan(0.98)
    expect(next?.score).toBeLessThan(0.9)
  }
  corpus.close()
})

test('The same corpus has the same fingerprint, and another picture changes it', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'flags.sqlite')
  const [first, second] = await Promise.all([open(path), open(path)])
  const changed = await open(path, [
    ...pictures.slice(1),
    { ...pictures[0], bytes: await png() } as CorpusImage,
  ])
  expect(second.fingerprint).toBe(first.fingerprint)
  expect(changed.fingerprint).not.toBe(first.fingerprint)
  expect(imageSearch({ corpus: first }).options).toEqual({
    corpus: 'flags',
    fingerprint: first.fingerprint,
    top: 5,
  })
})

test('A picture that cannot be decoded, or an id that comes twice, is named', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'flags.sqlite')
  const broken = open(path, [{ id: 'bad', title: 'Bad', bytes: Buffer.from('no image') }])
  await expect(broken).rejects.toThrow(InputError)
  await expect(broken).rejects.toThrow('picture bad: it cannot be decoded')
  await expect(open(path, [...pictures, ...pictures])).rejects.toThrow('two pictures have the id fr')
})
