import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { usualRoutes } from '../../tasks/remote/web.ts'
import { pageFiles } from '../../view/page-files.ts'
import { openRemoteDesk } from '../../view/remote-desk.ts'
import { deskRoutes } from '../../view/routes.ts'
import { serveDesk } from '../../view/server.ts'
import { fileServer, plainServer } from '../tasks/remote/servers.ts'
import { exported } from './exported.ts'

const rows = 'tables/rows.parquet'

/** The desk of an export that such a server has, as the page asks for it. */
async function servedFrom(start: typeof fileServer | typeof plainServer) {
  await using stack = new AsyncDisposableStack()
  const place = stack.use(await exported())
  const there = stack.use(await start(place.folder))
  const desk = await openRemoteDesk(`${there.origin}/`, usualRoutes())
  const server = stack.use(await serveDesk(deskRoutes(desk, await pageFiles())))
  const open = stack.move()
  return { desk, url: server.url, [Symbol.asyncDispose]: () => open.disposeAsync() }
}

test('parts of an export elsewhere are handed on', async () => {
  await using served = await servedFrom(fileServer)
  const whole = Buffer.from(await (await fetch(`${served.url}${rows}`)).arrayBuffer())
  const part = await fetch(`${served.url}${rows}`, { headers: { range: 'bytes=4-11' } })
  expect(part.status).toBe(206)
  expect(part.headers.get('content-range')).toBe(`bytes 4-11/${whole.length}`)
  expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(4, 12))
  const end = await fetch(`${served.url}${rows}`, { headers: { range: `bytes=${whole.length - 4}-` } })
  expect(await end.text()).toBe('PAR1')
})

test('where its place sends no parts, the page is told so by a whole file', async () => {
  await using served = await servedFrom(plainServer)
  const part = await fetch(`${served.url}${rows}`, { headers: { range: 'bytes=4-11' } })
  expect(part.status).toBe(200)
  expect((await part.text()).slice(0, 4)).toBe('PAR1')
})

test('only tables and whole rows that the manifest names are on it', async () => {
  await using served = await servedFrom(fileServer)
  expect(served.desk.files.map(({ path }) => path.split('/')[0])).toEqual(
    expect.arrayContaining(['tables', 'hf', 'rejected']),
  )
  for (const path of ['README.md', 'manifest.json', '../decisions.jsonl'])
    expect((await fetch(`${served.url}${encodeURIComponent(path)}`)).status).toBe(404)
})

test('a file that is gone is no answer', async () => {
  await using place = await exported()
  await using there = await fileServer(place.folder)
  const desk = await openRemoteDesk(there.origin, usualRoutes())
  await using server = await serveDesk(deskRoutes(desk, await pageFiles()))
  await rm(join(place.folder, rows))
  expect((await fetch(`${server.url}${rows}`)).status).toBe(502)
})

test.each<[string, (folder: string) => Promise<void>, RegExp]>([
  ['no manifest', folder => rm(join(folder, 'manifest.json')), /manifest\.json/],
  [
    'what is none',
    folder => writeFile(join(folder, 'manifest.json'), '<html>'),
    /is no manifest of an export/,
  ],
  [
    'one without tables',
    folder =>
      writeFile(
        join(folder, 'manifest.json'),
        JSON.stringify({ manifest_version: 2, name: 'a', targets: [], files: [] }),
      ),
    /names no tables\/rows\.parquet/,
  ],
])('an address with %s is refused in one line', async (_, spoil, line) => {
  await using place = await exported()
  await using there = await fileServer(place.folder)
  await spoil(place.folder)
  const refused = await openRemoteDesk(there.origin, usualRoutes()).catch((error: Error) => error)
  expect(refused).toBeInstanceOf(Error)
  expect(String(refused)).toMatch(line)
})
