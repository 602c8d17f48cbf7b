// Writes docs/plug-ins.md from the code: `npm run plug-ins`. A test holds that it is up to date.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** The types that a config takes, by the word of the config that takes them. */
const kinds: Record<string, string[]> = {
  tasks: ['TaskSource', 'TextRows'],
  screens: ['Screen'],
  teachers: ['Teacher'],
  rollouts: ['RolloutSource'],
  tools: ['Tool', 'TextProvider', 'ImageProvider', 'TextCorpus', 'ImageCorpus', 'AsyncIterable<Passage>'],
  leaks: ['LeakGuard'],
  sandbox: ['Sandbox'],
  checks: ['Check'],
  filters: ['Filter', 'Selector', 'Quotas'],
  exports: ['Export', 'TaskExport'],
  prompts: ['Prompt'],
  workers: ['WorkerPool'],
}

export interface PlugIn {
  word: string
  name: string
  /** What it makes: its contract. */
  type: string
  path: string
  /** The first sentence of what its code says of it. */
  says: string
}

/** A comment, a name and a contract, of what is made by `factory` and of a function that says what it gives. */
const byFactory = /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?export const (\w+)() = factory\(\s*(\w+),/g
const byFunction =
  /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?export (?:async )?(?:function (\w+)|const (\w+) = (?:async )?)(?:<[^>(]*>)?\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\): ([\w<>[\]]+)(?: =>| \{)/g

/** Every factory that a config can import, in the order of the config's words and then by name. */
export function plugIns(): PlugIn[] {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const found = Object.entries<string>(exports)
    .filter(([path, file]) => path !== '.' && file.endsWith('.ts'))
    .flatMap(([path, file]) => plugInsOf(path, readFileSync(join(root, file), 'utf8')))
  const words = Object.keys(kinds)
  return found.sort((a, b) => words.indexOf(a.word) - words.indexOf(b.word) || a.name.localeCompare(b.name))
}

const plugInsOf = (path: string, source: string): PlugIn[] =>
  [byFactory, byFunction]
    .flatMap(way => [...source.matchAll(way)])
    .flatMap(([, comment = '', ofFunction, ofConst, returned = '']) => {
      const type = returned.replace(/^Promise<(.*)>$/, '$1').replace(/\[\]$/, '')
      const word = Object.entries(kinds).find(([, types]) => types.includes(type))?.[0]
      const name = ofFunction ?? ofConst ?? ''
      // `defineTool` takes a ready one and makes none.
      if (!word || name.startsWith('define') || comment.includes('@internal')) return []
      return [{ word, name, type, path: path.replace(/^\./, 'kindling'), says: firstSentence(comment) }]
    })

const firstSentence = (comment: string): string => {
  const text = comment
    .replace(/^\s*\*? ?/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
  return /^.*?(?<!\/)[.:](?= |$)/.exec(text)?.[0].replace(/:$/, '.') ?? text
}

/** The document as it should be. */
export function document(): string {
  const rows = plugIns().map(
    ({ word, name, path, says }) =>
      `| \`${word}\` | \`${name}\` | \`${path}\` | ${says.replaceAll('|', '\\|')} |`,
  )
  return `# Plug-ins

This page lists what a config can import, by the word of the config that takes it. The line of a check says what is true
of a row that passes. The file of each plug-in says more: its options, and what a check cannot see.
\`npm run plug-ins\` makes this page from the code.

| in the config | name | import it from | what it is |
|---|---|---|---|
${rows.join('\n')}
`
}

if (import.meta.main) writeFileSync(join(root, 'docs/plug-ins.md'), document())
