import { canonicalJson } from '../schemas/hash.ts'
import type { Json } from '../schemas/json.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import type { Settings } from './config.ts'
import { reminderHashes } from './reminders.ts'

/**
 * What all rollouts have in common: part of each one's key. The versions of the sandbox's libraries are not in it,
 * because moving a run to another machine must not pay for it again.
 */
export const conditions = ({ prompts, tools, sandbox, limits, leaks }: Settings) => ({
  prompts: Object.values(prompts).map(({ sha256 }) => sha256),
  tools: tools.map(({ name, description, args, options }) => ({ name, description, args, options })),
  sandbox: { name: sandbox.name, options: sandbox.options, limits: sandbox.limits },
  turns: limits.turns,
  maxTokens: limits.maxTokens,
  ...(limits.pictures ? { pictures: limits.pictures } : {}),
  ...(limits.reminders ? { reminders: { times: limits.reminders, prompts: reminderHashes } } : {}),
  ...(leaks ? { leaks: { name: leaks.name, options: leaks.options } } : {}),
})

export type Conditions = ReturnType<typeof conditions>

/** Where they differ, in the words of the config. */
export function differences(before: Conditions, now: Conditions, roles: readonly string[]): string[] {
  const plain = (all: Conditions) => ({
    sandbox: all.sandbox,
    'limits.turns': all.turns,
    'limits.maxTokens': all.maxTokens,
    'limits.pictures': all.pictures ?? null,
    'limits.reminders': all.reminders ?? null,
    leaks: all.leaks ?? null,
  })
  return [
    ...promptsChanged(before.prompts, now.prompts, roles),
    ...toolsChanged(before.tools, now.tools),
    ...changed(plain(before), plain(now)),
  ]
}

/** The same, as far as a rollout's own record says under which it was made. */
export function recordedDifferences(
  { prompts, tools }: Trajectory,
  now: Conditions,
  roles: readonly string[],
): string[] {
  const texts = tools.map(({ name, description, parameters }) => ({ name, description, args: parameters }))
  const named = now.tools.map(({ options: _, ...text }) => text)
  return [...promptsChanged(Object.values(prompts), now.prompts, roles), ...toolsChanged(texts, named)]
}

const promptsChanged = (before: readonly string[], now: readonly string[], roles: readonly string[]) =>
  roles.filter((_, index) => before[index] !== now[index]).map(role => `prompts.${role}`)

type Named = { name: string; [field: string]: unknown }

function toolsChanged(before: readonly Named[], now: readonly Named[]): string[] {
  const known = new Map(before.map(tool => [tool.name, tool]))
  const present = new Map(now.map(tool => [tool.name, tool]))
  return [...new Set([...known.keys(), ...present.keys()])].flatMap(name => {
    const [was, is] = [known.get(name), present.get(name)]
    if (!was || !is) return [`tools (${name} is ${is ? 'new' : 'gone'})`]
    return changed(was, is).map(field => `tools (${field === 'args' ? 'arguments' : field} of ${name})`)
  })
}

/** The keys whose values differ. */
export function changed(before: object, now: object): string[] {
  const was: Record<string, unknown> = { ...before }
  const is: Record<string, unknown> = { ...now }
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    key => canonicalJson((was[key] ?? null) as Json) !== canonicalJson((is[key] ?? null) as Json),
  )
}
