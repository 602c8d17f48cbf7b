// Makes the run in old/ anew, with a checkout of commit c658440:
//   git worktree add ../c658440 c658440 && (cd ../c658440 && npm ci)
//   sh with-node.sh node test/old-runs/c658440/make.ts ../c658440
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { json } from 'node:stream/consumers'
import { answer, type Body } from './answers.ts'

const here = import.meta.dirname
const [checkout] = process.argv.slice(2)
if (!checkout) throw new Error('name the folder of a checkout of c658440')

const server = createServer(async (request, response) => {
  const { status = 200, ...said } = answer((await json(request)) as Body)
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said))
})
await once(server.listen(0, '127.0.0.1'), 'listening')
const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`

// Within the checkout, so that `kindling` means it.
const folder = await mkdtemp(join(resolve(checkout), 'old-run-'))
await cp(join(here, 'tasks'), join(folder, 'tasks'), { recursive: true })
await cp(join(here, 'prices.json'), join(folder, 'prices.json'))
await cp(join(here, 'config-as-it-was.txt'), join(folder, 'old.config.ts'))
const command = [join(resolve(checkout), 'cli/main.ts'), 'run', 'old.config.ts']
const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...command], {
  cwd: folder,
  env: { ...process.env, TEACHER_URL: baseURL },
  stdio: 'inherit',
})
const [code] = await once(child, 'exit')
server.close()
if (code !== 3) throw new Error(`ended with ${code}, not with 3 for the one task whose teacher fails`)

for (const name of ['store', 'limits', 'sketches']) {
  const database = new DatabaseSync(join(folder, 'old', `${name}.sqlite`))
  database.exec('PRAGMA journal_mode = DELETE; PRAGMA page_size = 4096; VACUUM')
  database.close()
}
await rm(join(here, 'old'), { recursive: true, force: true })
await cp(join(folder, 'old'), join(here, 'old'), {
  recursive: true,
  filter: path => !/lock\.sqlite|-(journal|wal|shm)$/.test(path),
})
await rm(folder, { recursive: true })
