import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { policy } from './policy.ts'

/** Files of the page by name: text. */
export type PageFiles = Readonly<Record<'index.html' | 'view.js' | 'plots.js' | 'view.css', string>>

const folder = join(import.meta.dirname, 'page')

/** The same document from a server, from a folder of a web server, and by a double click, so it brings its policy. */
const document = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>kindling</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="view.css">
<body>
<noscript>This page needs JavaScript, its own alone.</noscript>
<script src="view.js" defer></script>
</html>
`

/** Its scripts by their names, and where each begins. What draws plots is fetched only when they are wanted. */
export const pageScripts = { 'view.js': 'main.ts', 'plots.js': 'plots-script.ts' } as const
type PageScript = keyof typeof pageScripts

/** The page. */
export const pageFiles = async (): Promise<PageFiles> => ({
  'index.html': document,
  'view.js': await script('view.js'),
  'plots.js': await script('plots.js'),
  'view.css': await readFile(join(folder, 'view.css'), 'utf8'),
})

/** The package has its scripts built; a checkout builds them now. */
async function script(name: PageScript): Promise<string> {
  const built = join(folder, name)
  return existsSync(built) ? readFile(built, 'utf8') : bundled(name)
}

/**
 * A script of the page as one classic script: a module would not run where the page is opened by a double click,
 * because files have no origin.
 */
export async function bundled(name: PageScript): Promise<string> {
  const { rolldown } = await import('rolldown')
  await using bundle = await rolldown({
    input: join(folder, pageScripts[name]),
    platform: 'browser',
    logLevel: 'warn',
  })
  const { output } = await bundle.generate({ format: 'iife', minify: true })
  return output[0].code
}
