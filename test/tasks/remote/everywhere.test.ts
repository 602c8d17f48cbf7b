import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { contentOf } from '../../../schemas/task.ts'
import { jsonl } from '../../../tasks/jsonl.ts'
import { parquet } from '../../../tasks/parquet.ts'
import { png, temporaryFolder } from '../../fixtures.ts'
import { fields, row, source } from '../files.ts'
import { hubServer } from './hub-server.ts'
import { fill, linesOf, workplace } from './places.ts'
import { bucketServer, fileServer, plainServer } from './servers.ts'

const { id: _, ...without } = fields
const options = { fields: without, source, rest: 'ignore' as const }

const rows = (name: string) =>
  [1, 2, 3].map(number => row({ question: `${name} ${number}?`, image: '../images/a b.png' }))

const table = (name: string, image: Uint8Array) => {
  const column = (name: string, data: unknown[]) => ({ name, data })
  const all = rows(name)
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        {
          ...column(
            'question',
            all.map(({ question }) => question),
          ),
          type: 'STRING',
        },
        {
          ...column(
            'answer',
            all.map(({ answer }) => answer),
          ),
          type: 'STRING',
        },
        { name: 'image', data: all.map(() => image), type: 'BYTE_ARRAY' },
      ],
    }),
  )
}

const stack = new AsyncDisposableStack()
afterAll(() => stack.disposeAsync())
let places: { name: string; jsonl: string[]; parquet: string[] }[]

beforeAll(async () => {
  const image = await png()
  const files = {
    'set/one.jsonl': linesOf(rows('one')).replaceAll('../', ''),
    'set/two.jsonl': linesOf(rows('two')).replaceAll('../', ''),
    'set/images/a b.png': image,
    'set/three.parquet': table('three', image),
    'set/four.parquet': table('four', image),
  }
  const { path } = stack.use(await temporaryFolder())
  await fill(path, files)
  const hub = stack.use(await hubServer())
  hub.commit({ '.gitattributes': '', 'README.md': '# It', ...files })
  const web = stack.use(await fileServer(path))
  const plain = stack.use(await plainServer(path))
  const buckets = stack.use(await bucketServer())
  for (const [name, bytes] of Object.entries(files)) await buckets.put(name, bytes)
  vi.stubEnv('HF_ENDPOINT', hub.origin)
  vi.stubEnv('HF_HOME', path)
  vi.stubEnv('AWS_ENDPOINT_URL', buckets.origin)
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  const by = (name: string, begin: string, glob = true) => ({
    name,
    jsonl: glob ? [`${begin}/set/*.jsonl`] : [`${begin}/set/one.jsonl`, `${begin}/set/two.jsonl`],
    parquet: glob ? [`${begin}/set/*.parquet`] : [`${begin}/set/four.parquet`, `${begin}/set/three.parquet`],
  })
  places = [
    by('this disk', path),
    by('the Hub', 'hf://datasets/own/tasks'),
    by('a branch of the Hub', 'hf://datasets/own/tasks@main'),
    {
      name: 'all of the Hub',
      jsonl: ['hf://datasets/own/tasks/**'],
      parquet: ['hf://datasets/own/tasks/**'],
    },
    by('a bucket', 's3://bucket'),
    by('a web server', web.origin, false),
    by('a web server without ranges', plain.origin, false),
  ]
})

test('the same tasks come from this disk, the Hub, a bucket and a web server', async () => {
  const [here, ...elsewhere] = places
  const taken = async (place: (typeof places)[number]) => {
    await using work = await workplace()
    const tasks = await work.take([jsonl(place.jsonl, options), parquet(place.parquet, options)])
    return tasks.map(task => (typeof task === 'string' ? task : contentOf(task)))
  }
  const known = here && (await taken(here))
  expect(known, String(known)).toHaveLength(12)
  for (const place of elsewhere) expect(await taken(place), place.name).toEqual(known)
})
