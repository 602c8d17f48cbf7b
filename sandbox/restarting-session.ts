import type { OpenOptions, Sandbox, Session } from './sandbox.ts'

/**
 * A session that is opened at its first cell, and again after code has destroyed it: what a model did to its Python
 * costs it its variables, not the rollout. Cells that are asked for at once run one after another.
 */
export function restarting(sandbox: Sandbox, options: () => Promise<OpenOptions>): Session {
  let open: Promise<Session> | undefined
  let last: Promise<unknown> = Promise.resolve()

  async function close() {
    const session = await open?.catch(() => undefined)
    open = undefined
    await session?.[Symbol.asyncDispose]()
  }

  async function run(...[code, cellOptions]: Parameters<Session['exec']>) {
    open ??= options().then(given => sandbox.open(given))
    const session = await open.catch(error => {
      open = undefined
      throw error
    })
    const result = await session.exec(code, cellOptions)
    if (!result.alive) await close()
    return result
  }

  return {
    exec(...args) {
      const result = last.then(() => run(...args))
      last = result.catch(() => undefined)
      return result
    },
    [Symbol.asyncDispose]: close,
  }
}
