import { keepOrNull } from '../../pipeline/rollout/tool-contexts.ts'
import type { Image } from '../../schemas/image.ts'
import { keepImage } from '../../store/images.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import type { ToolContext } from '../../tools/tool.ts'
import { temporaryFolder } from '../fixtures.ts'

/** What a tool is given, on a store that goes with the test; `pictures` were shown, in order. */
export async function shown(...pictures: Uint8Array[]): Promise<AsyncDisposable & { context: ToolContext }> {
  const folder = await temporaryFolder()
  const store = await openSqliteStore(folder.path)
  const images: Image[] = []
  for (const bytes of pictures) images.push(await keepImage(store, bytes, { anyFormat: true }))
  const context: ToolContext = {
    session: () => Promise.reject(new Error('this tool needs no Python')),
    images,
    keep: bytes => keepOrNull(store, bytes),
    bytes: image => store.getBlob(image.sha256),
    consult: (_service, _query, call) => call(new AbortController().signal),
    signal: new AbortController().signal,
  }
  const close = async () => {
    await store[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  }
  return { context, [Symbol.asyncDispose]: close }
}
