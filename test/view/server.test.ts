import { readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { hf } from '../../output/targets/hf.ts'
import { llamaFactory } from '../../output/targets/llama-factory.ts'
import { rejected } from '../../output/targets/rejected.ts'
import { openDesk } from '../../view/desk.ts'
import { serveDesk } from '../../view/server.ts'
import { exported, served } from './exported.ts'

interface Asked {
  method?: string
  headers?: Record<string, string>
}

interface Answered {
  status: number | undefined
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

/** As a program may ask: `fetch` sends no `Host` of one's own, and tidies up paths. */
function asked(url: string, path: string, { method = 'GET', headers = {} }: Asked = {}): Promise<Answered> {
  const { promise, resolve, reject } = Promise.withResolvers<Answered>()
  const { hostname, port } = new URL(url)
  request({ hostname, port, path, method, headers }, async response => {
    resolve({ status: response.statusCode, headers: response.headers, body: await buffer(response) })
  })
    .on('error', reject)
    .end()
  return promise
}

const rowsPath = 'tables/rows.parquet'

test.each([
  ['the page', {}, '', 200],
  ['what is on the desk', {}, 'desk.json', 200],
  ['a table', {}, rowsPath, 200],
  ['a table by its head', { method: 'HEAD' }, rowsPath, 200],
  ['a part of it', { headers: { range: 'bytes=0-3' } }, rowsPath, 206],
  ['a part beyond its end', { headers: { range: 'bytes=999999999-' } }, rowsPath, 416],
  ['another name of this machine', { headers: { host: 'localhost:8080' } }, '', 200],
  ['a name that somebody else gave it', { headers: { host: 'evil.example' } }, '', 403],
  ['a name that only begins like it', { headers: { host: 'localhost.evil.example' } }, rowsPath, 403],
  ['writing', { method: 'POST' }, rowsPath, 405],
  ['a file of the export that is no Parquet', {}, 'README.md', 404],
  ['a way out', {}, '../decisions.jsonl', 403],
  ['a way out that is written otherwise', {}, '%2e%2e%2f%2e%2e%2fetc/passwd', 404],
  ['a name that cannot be read', {}, '%ff', 403],
] satisfies [string, Asked, string, number][])(
  '%s is answered as it should be',
  async (_, how, path, status) => {
    await using place = await exported()
    await using server = await served(place.folder)
    const answer = await asked(server.url, `${new URL(server.url).pathname}${path}`, how)
    expect(answer.status).toBe(status)
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
  },
)

test.each(['/', `/${rowsPath}`, '/0123/', `/${'0'.repeat(32)}/${rowsPath}`])(
  '%s without the token is refused',
  async path => {
    await using place = await exported()
    await using server = await served(place.folder)
    expect(await asked(server.url, path)).toMatchObject({ status: 403, body: Buffer.alloc(0) })
  },
)

test('a part of a file is that part', async () => {
  await using place = await exported()
  await using server = await served(place.folder)
  const answer = await fetch(`${server.url}${rowsPath}`, { headers: { range: 'bytes=0-3' } })
  expect(await answer.text()).toBe('PAR1')
})

test('what a manifest names outside of the export, or by a link, is not on the desk', async () => {
  await using place = await exported()
  const secret = join(place.folder, '../secret.parquet')
  await writeFile(secret, 'secret')
  const calls = join(place.folder, 'tables/calls.parquet')
  await rm(calls)
  await symlink(secret, calls)
  const named = [rowsPath, 'tables/calls.parquet', '../secret.parquet', secret, 'tables/../../secret.parquet']
  for (const path of named) {
    const files = [rowsPath, path].map(path => ({ path, bytes: 4, sha256: '0'.repeat(64) }))
    const manifest = { manifest_version: 2, name: 'odd', targets: [], files }
    await writeFile(join(place.folder, 'manifest.json'), JSON.stringify(manifest))
    expect(new Set((await openDesk(place.folder)).files.map(({ path }) => path))).toEqual(new Set([rowsPath]))
  }
})

test('a target that no row of the tables points into is not on the desk', async () => {
  await using place = await exported(undefined, [hf(), rejected(), llamaFactory()])
  const { files } = await openDesk(place.folder)
  expect(new Set(files.map(({ path }) => path.split('/')[0]))).toEqual(new Set(['hf', 'rejected', 'tables']))
})

const damages: [string, (path: string) => Promise<void>, RegExp][] = [
  ['cut off', async path => writeFile(path, (await readFile(path)).subarray(0, 900)), /cut off or no table/],
  ['empty', path => writeFile(path, ''), /cut off or no table/],
  ['text', path => writeFile(path, 'key,task_id\n1,2\n'), /cut off or no table/],
  ['gone', path => rm(path), /has no tables\/rows.parquet; `kindling export/],
]

test.each(damages)('a table that is %s is told in one line', async (_, damage, said) => {
  await using place = await exported()
  await damage(join(place.folder, rowsPath))
  await expect(openDesk(place.folder)).rejects.toThrow(said)
})

test('a port that is taken is told in one line', async () => {
  await using first = await serveDesk([])
  const { port } = new URL(first.url)
  await expect(serveDesk([], Number(port))).rejects.toThrow(
    /^port \d+ cannot be taken \(EADDRINUSE\); .*--port/,
  )
})
