import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { temporaryFolder } from '../fixtures.ts'

/** A Redis of a test, which keeps what it is told unless it is given other settings. */
export interface RedisServer extends AsyncDisposable {
  url: string
  port: number
  /** Kill it as a power cut would, and start it again with what it kept. */
  killAndRestart(): Promise<void>
}

/** Debian's own, on a free port of this machine; `args` come after the usual ones and win. */
export async function redisServer(args: readonly string[] = []): Promise<RedisServer> {
  const folder = await temporaryFolder()
  const port = await freePort()
  let server = await started(port, folder.path, args)
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    async killAndRestart() {
      await killed(server)
      server = await started(port, folder.path, args)
    },
    async [Symbol.asyncDispose]() {
      await killed(server)
      await folder[Symbol.asyncDispose]()
    },
  }
}

async function killed(server: ChildProcess): Promise<void> {
  const ended = once(server, 'exit')
  server.kill('SIGKILL')
  await ended
}

async function started(port: number, folder: string, args: readonly string[]): Promise<ChildProcess> {
  const usual = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'yes',
  ]
  const server = spawn('redis-server', [...usual, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: server.stdout })
  for await (const line of lines) if (line.includes('Ready to accept connections')) break
  server.stdout.resume()
  return server
}

/** Nobody listens there now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
