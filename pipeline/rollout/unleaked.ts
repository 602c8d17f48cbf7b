import type { Removed } from '../../schemas/trajectory.ts'
import type { Leak, LeakJudge } from '../../tools/leaks.ts'
import type { Consult } from '../../tools/service.ts'
import { ToolError } from '../../tools/tool.ts'

/**
 * Ask services, and take results out that must not be shown; `removed` is told what that was. In a list each result is
 * judged by itself; anything else, such as a page, is judged as a whole. The stored answer stays whole.
 */
export function unleaked(consult: Consult, judge: LeakJudge, removed: Removed[]): Consult {
  function note(provider: string, reason: Leak) {
    const known = removed.find(each => each.provider === provider && each.reason === reason)
    if (known) known.count++
    else removed.push({ provider, reason, count: 1 })
    return false
  }

  function refuse(provider: string, leak: Leak | null) {
    if (!leak) return
    note(provider, leak)
    throw new ToolError('This cannot be shown here. Look elsewhere.')
  }

  return async (service, query, call) => {
    refuse(service.name, judge.query(query))
    const found = await consult(service, query, call)
    if (Array.isArray(found)) {
      const isShown = (result: unknown) => {
        const leak = judge.result(result)
        return leak === null || note(service.name, leak)
      }
      return found.filter(isShown) as typeof found
    }
    refuse(service.name, judge.result(found))
    return found
  }
}
