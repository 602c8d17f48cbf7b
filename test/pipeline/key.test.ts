import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../fixtures.ts'

const root = join(import.meta.dirname, '../..')
const key = 'sk-planted-4f7a91c2d8e6b305'

/** Looks for the key wherever code can look. */
const search = `
import os, glob
print('looked', dict(os.environ))
for path in glob.glob('/proc/*/environ') + glob.glob('/proc/*/cmdline'):
    try:
        print(path, open(path, 'rb').read())
    except OSError as error:
        print(path, error)
`

const call = {
  id: 'call_1',
  type: 'function',
  function: { name: 'python', arguments: JSON.stringify({ code: search }) },
}

type Answer = [status: number, body: (authorization: string) => object]

const message = (message: object, finish_reason: string): Answer => [
  200,
  () => ({
    id: 'x',
    object: 'chat.completion',
    created: 0,
    model: 'm',
    choices: [{ index: 0, finish_reason, message: { role: 'assistant', ...message } }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  }),
]

const looks = message({ content: 'I look.', tool_calls: [call] }, 'tool_calls')
const answers = message({ content: '<answer>1</answer>' }, 'stop')
const says = (status: number): Answer => [
  status,
  said => ({ error: { message: `your key ${said} is no good`, type: 'x', code: 'x' } }),
]

/** Answers one after another, and then the last again; many quote the key that they were sent. */
async function echoing(script: Answer[]) {
  const seen: string[] = []
  const server = createServer(async (request: IncomingMessage, response) => {
    await json(request)
    const { authorization = '' } = request.headers
    const [status, body] = script[Math.min(seen.length, script.length - 1)] as Answer
    seen.push(authorization)
    response
      .writeHead(status, { 'content-type': 'application/json', 'x-request-id': authorization })
      .end(JSON.stringify(body(authorization)))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    seen,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function kindling(args: string[], env: Record<string, string>) {
  const command = ['--disable-warning=ExperimentalWarning', 'cli/main.ts', ...args]
  const options = { cwd: root, env: { ...process.env, ...env, OPENAI_API_KEY: key }, maxBuffer: 1 << 26 }
  return promisify(execFile)(process.execPath, command, options).then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code: Number(code), said: String(stdout) + String(stderr) }),
  )
}

/** The key as it is, and as it may have been written. */
const shapes = [
  key,
  encodeURIComponent(key),
  Buffer.from(key).toString('base64').slice(0, -4),
  Buffer.from(key).toString('hex'),
]

const holds = (content: Buffer | string) => shapes.some(shape => content.includes(shape))

/** Every file of a run, and what compressed columns hold. */
async function artefacts(folder: string): Promise<Map<string, Buffer | string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = new Map<string, Buffer | string>()
  for (const entry of entries.filter(entry => entry.isFile())) {
    const path = join(entry.parentPath, entry.name)
    files.set(path, await readFile(path))
    if (!path.endsWith('.parquet')) continue
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path), compressors })
    files.set(
      `${path} (rows)`,
      JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? Number(value) : value)),
    )
  }
  return files
}

test('the key reaches the server and nothing else: no file of a run, no word of it, no sandbox', async () => {
  await using folder = await temporaryFolder()
  const said: string[] = []
  // Refused at once; then a rollout whose code looks for the key, one that is refused and one that gets nonsense.
  const scripts = [[says(401)], [looks, answers, says(400), [200, (sent: string) => ({ sent })] as Answer]]
  for (const script of scripts) {
    await using server = await echoing(script)
    const env = { TEACHER_URL: server.url, RUNS: folder.path }
    const run = await kindling(['run', 'test/pipeline/key.config.ts', '--json'], env)
    expect(server.seen[0]).toBe(`Bearer ${key}`)
    said.push(run.said, (await kindling(['stats', join(folder.path, 'keyed')], env)).said)
    expect(run.code, run.said).toBe(script === scripts[0] ? 69 : 6)
  }
  const files = await artefacts(folder.path)
  const contents = [...files.values()].map(String).join('\n')
  expect(contents).toMatch(/looked/)
  expect(contents).toMatch(/is no good/)
  expect([...files.keys()].join()).toMatch(/store\.sqlite.*manifest\.json|manifest\.json.*store\.sqlite/s)
  expect([...files].filter(([, content]) => holds(content)).map(([name]) => name)).toEqual([])
  expect(said.join('\n')).toMatch(/your key .* is no good/)
  expect(said.filter(holds)).toEqual([])
})
