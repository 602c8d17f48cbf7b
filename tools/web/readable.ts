import { once } from 'node:events'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'

/** What a reader would see of a page. */
export interface Readable {
  title: string
  /** When it was published, as the page says it. */
  date: string | null
  text: string
}

/**
 * The readable part of an HTML page. Nothing in it is run and nothing it names is fetched. Rejects where reading takes
 * longer than `timeoutMs` or more memory than a page is worth.
 */
export async function readablePage(html: string, timeoutMs: number, signal: AbortSignal): Promise<Readable> {
  const script = new URL(`./readable-worker${extname(import.meta.url)}`, import.meta.url)
  const worker = new Worker(script, {
    workerData: html,
    resourceLimits: { maxOldGenerationSizeMb: 512 },
    execArgv: [],
    env: {},
  })
  // Whoever waits is told of the first error; one that comes after that must not end the process.
  worker.on('error', () => {})
  try {
    const [page] = await once(worker, 'message', {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
    return page
  } finally {
    await worker.terminate()
  }
}

/** HTML or text by the encoding that its type or its own first lines name (HTML, 13.2.3); UTF-8 where none is known. */
export function decoded(bytes: Uint8Array, type: string): string {
  const head = Buffer.from(bytes.subarray(0, 1024)).toString('latin1')
  const named = /charset\s*=\s*["']?([\w:.-]+)/i
  const label = named.exec(type)?.[1] ?? (/html/i.test(type) ? named.exec(head)?.[1] : undefined)
  return decoderFor(label).decode(bytes)
}

function decoderFor(label = 'utf-8') {
  try {
    return new TextDecoder(label)
  } catch {
    return new TextDecoder()
  }
}
