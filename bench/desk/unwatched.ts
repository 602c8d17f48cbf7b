// A page in a browser of its own, driven by the DevTools protocol alone. What records a page's requests, as a test's
// driver does, keeps their bytes in the memory of the page's process: its size would be that of the recording.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { temporaryFolder } from '../../test/fixtures.ts'

export interface UnwatchedPage extends AsyncDisposable {
  /** What an expression comes to, a promise waited for. Throws where it throws. */
  evaluate(expression: string): Promise<unknown>
  /** MB of the page's process, after a collection. */
  memory(): Promise<number>
}

const flags = [
  ...['--headless', '--disable-gpu', '--disable-dev-shm-usage', '--remote-debugging-port=0'],
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
]

export async function unwatchedPage(url: string): Promise<UnwatchedPage> {
  const folder = await temporaryFolder()
  const args = [...flags, '--window-size=1280,800', `--user-data-dir=${folder.path}`, 'about:blank']
  const browser = spawn('/usr/bin/chromium', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const page = await connected(await pageAddress(browser.stderr))
  await page.send('Page.enable', {})
  const loaded = page.next('Page.loadEventFired')
  await page.send('Page.navigate', { url })
  await loaded
  return {
    async evaluate(expression) {
      const how = { expression, awaitPromise: true, returnByValue: true }
      const { result, exceptionDetails } = await page.send('Runtime.evaluate', how)
      if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails))
      return Object(result).value
    },
    async memory() {
      await page.send('HeapProfiler.collectGarbage', {})
      return Math.max(...renderersOf(folder.path).map(residentOf))
    },
    async [Symbol.asyncDispose]() {
      page.close()
      browser.kill()
      await once(browser, 'exit')
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** The address of the only page, which the browser tells of by its own. */
async function pageAddress(said: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(said)) {
    const [, host] = /DevTools listening on ws:\/\/([^/]+)\//.exec(line) ?? []
    if (host === undefined) continue
    const targets = (await (await fetch(`http://${host}/json`)).json()) as Record<string, string>[]
    const page = targets.find(({ type }) => type === 'page')
    if (page?.webSocketDebuggerUrl) return page.webSocketDebuggerUrl
  }
  throw new Error('Chromium ended before it opened a page')
}

/** To a command, which has a number, or something that happened, which has a name. */
interface Answer {
  id?: number
  method?: string
  result?: Record<string, unknown>
  error?: { message: string }
}

async function connected(address: string) {
  const socket = new WebSocket(address)
  const waiting = new Map<number | string, PromiseWithResolvers<Record<string, unknown>>>()
  socket.addEventListener('message', ({ data }) => {
    const { id, method = '', result = {}, error }: Answer = JSON.parse(String(data))
    const asked = waiting.get(id ?? method)
    if (error) asked?.reject(new Error(error.message))
    else asked?.resolve(result)
    waiting.delete(id ?? method)
  })
  await once(socket, 'open')
  let last = 0
  const answerTo = (name: number | string) => {
    const answer = Promise.withResolvers<Record<string, unknown>>()
    waiting.set(name, answer)
    return answer.promise
  }
  return {
    send(method: string, params: object): Promise<Record<string, unknown>> {
      const answer = answerTo(++last)
      socket.send(JSON.stringify({ id: last, method, params }))
      return answer
    },
    /** Resolves when something of this name happens next. */
    next: answerTo,
    close: () => socket.close(),
  }
}

/** Processes of pages; all of a browser are given its folder or come from one that was. */
function renderersOf(folder: string): string[] {
  const all = globSync('/proc/[0-9]*/cmdline').map(
    path => [path.split('/')[2] ?? '', commandAt(path)] as const,
  )
  return all.flatMap(([pid, command]) =>
    command.includes('--type=renderer') && command.includes(folder) ? [pid] : [],
  )
}

/** Empty for a process that has ended since. */
function commandAt(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const residentOf = (pid: string): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1000
