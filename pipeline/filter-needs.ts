import type { KnownCheck } from '../filters/filter.ts'
import { type FilterOrSelector, isSelector } from '../filters/selector.ts'
import { hashOf } from '../schemas/hash.ts'
import { nearest } from '../schemas/nearest.ts'
import { OptionsError } from '../schemas/options.ts'
import type { Tool } from '../tools/tool.ts'

interface There {
  checks: readonly KnownCheck[]
  tools: readonly Tool[]
}

/**
 * A filter or selector as it is among these checks and tools. Throws OptionsError where it goes by one that is not
 * there.
 */
export function among(step: FilterOrSelector, there: There): FilterOrSelector {
  refuseMissing(step, there)
  return isSelector(step) ? step : (step.over?.(there.checks) ?? step)
}

/** Throws OptionsError where it goes by a check or a tool that is not there. */
export function refuseMissing({ name, needs = {} }: FilterOrSelector, { checks, tools }: There): void {
  for (const check of needs.checks ?? []) {
    if (typeof check === 'string') found(check, checks, `${name}: no check`)
    else refuseOther(check, found(check.name, checks, `${name}: no check`), name)
  }
  for (const tool of needs.tools ?? []) found(tool, tools, `${name}: no tool`)
}

function found<Plugin extends { name: string }>(name: string, all: readonly Plugin[], none: string): Plugin {
  const plugin = all.find(each => each.name === name)
  if (plugin) return plugin
  const names = all.map(each => each.name)
  const meant = nearest(name, names)
  const cure = meant ? `did you mean \`${meant}\`?` : `there are: ${names.join(', ') || 'none'}`
  throw new OptionsError(`filters: ${none} is named \`${name}\`; ${cure}`)
}

function refuseOther(meant: KnownCheck, there: KnownCheck, filter: string) {
  if (identity(meant) !== identity(there))
    throw new OptionsError(
      `filters: ${filter}: the \`${meant.name}\` in checks has other options; give that one, or its name`,
    )
}

const identity = ({ name, version, options }: KnownCheck) => hashOf({ name, version, options })
