import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fromConfig, pathFolders } from '../schemas/config-folder.ts'
import { sha256 } from '../schemas/hash.ts'
import { thing } from '../schemas/options.ts'

export interface Prompt {
  name: string
  /** The text with its blanks. */
  template: string
  /** sha256 of the template: what the manifest and a rollout's identity hold. */
  sha256: string
  /** Where a prompt of the user's own is from: the path that the config names, from the config's folder. */
  file?: string
  /** The same for a question without images, where this one speaks of them. */
  withoutImages?: Prompt
  /** Fill every {{blank}}. One without a value, or a value without one, throws. Values are never filled again. */
  fill(values: Record<string, string>): string
}

export const Prompt = thing<Prompt>('a prompt', "prompt('mine', 'mine.md')", {
  name: 'string',
  template: 'string',
  sha256: 'string',
  fill: 'function',
})

/** A prompt from a text that is given. */
export function promptFrom(name: string, template: string): Prompt {
  const blanks = new Set([...template.matchAll(/\{\{(\w+)\}\}/g)].map(([, blank]) => blank))
  return {
    name,
    template,
    sha256: sha256(template),
    fill(values) {
      const extra = Object.keys(values).filter(key => !blanks.has(key))
      if (extra.length > 0) throw new Error(`prompt ${name} has no blank for ${extra.join(', ')}`)
      return template.replace(/\{\{(\w+)\}\}/g, (_, blank: string) => {
        const value = Object.hasOwn(values, blank) ? values[blank] : undefined
        if (value === undefined) throw new Error(`prompt ${name} needs a value for ${blank}`)
        return value
      })
    },
  }
}

/** A prompt from `prompts/<name>.md`, or from a file of the user's own. */
export const prompt = (name: string, file: string | URL = new URL(`${name}.md`, import.meta.url)): Prompt => {
  const text = readFileSync(typeof file === 'string' ? fromConfig(file) : file, 'utf8').trimEnd()
  const named = typeof file === 'string' ? file : namedAs(fileURLToPath(file))
  return { ...promptFrom(name, text), ...(named !== null && { file: named }) }
}

/** A path from the config's folder; null for a prompt of ours, which is as the version of kindling says. */
function namedAs(path: string): string | null {
  if (!relative(import.meta.dirname, path).startsWith('..')) return null
  const [folder = ''] = pathFolders()
  return relative(folder, path)
}
