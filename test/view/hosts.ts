import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { temporaryFolder } from '../fixtures.ts'
import { listening } from '../servers/loopback.ts'
import { bucketServer, plainServer } from '../tasks/remote/servers.ts'

/** Somebody's web server with the files of a folder; `url` is where the folder is. */
interface Host extends AsyncDisposable {
  url: string
}

export type StartHost = (folder: string) => Promise<Host>

/** Debian's nginx as it comes, or told to give whole files only. */
export const nginx =
  (ranges: boolean): StartHost =>
  async folder => {
    const own = await temporaryFolder()
    const port = await freePort()
    const config = join(own.path, 'nginx.conf')
    await writeFile(config, nginxConfig({ folder, own: own.path, port, ranges }))
    const child = spawn('/usr/sbin/nginx', ['-c', config, '-e', 'stderr'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    for await (const line of createInterface({ input: child.stderr })) {
      said += `${line}\n`
      if (line.includes('start worker process ')) break
    }
    child.stderr.resume()
    if (!said.includes('start worker process ')) throw new Error(`nginx ended: ${said}`)
    return {
      url: `http://127.0.0.1:${port}/`,
      async [Symbol.asyncDispose]() {
        child.kill()
        await once(child, 'exit')
        await own[Symbol.asyncDispose]()
      },
    }
  }

async function freePort(): Promise<string> {
  await using server = await listening(() => {})
  return new URL(server.origin).port
}

interface NginxOptions {
  folder: string
  /** For what it writes. */
  own: string
  port: string
  ranges: boolean
}

const nginxConfig = ({ folder, own, port, ranges }: NginxOptions): string => `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${own}/pid;
error_log stderr notice;
events {}
http {
  include /etc/nginx/mime.types;
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${own}/${name};`).join(' ')}
  ${ranges ? '' : 'max_ranges 0;'}
  server {
    listen 127.0.0.1:${port};
    root ${folder};
  }
}
`

/** Python's own server, which knows no ranges. */
export const pythonServer: StartHost = async folder => {
  const server = await plainServer(folder)
  return { ...server, url: `${server.origin}/` }
}

/** A public bucket, into which the folder was copied. */
export const bucket: StartHost = async folder => {
  const server = await bucketServer()
  const all = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of all.filter(each => each.isFile())) {
    const path = join(entry.parentPath, entry.name)
    await server.put(path.slice(folder.length + 1), await readFile(path), true)
  }
  return { ...server, url: `${server.origin}/bucket/index.html` }
}
