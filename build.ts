// After `tsc`: makes dist/ the package that is published. It gets what is read at run time (prompts, Python), what
// `init` copies, the documents and examples that the README leads to, and a package.json without what only a checkout
// needs. Publish it with `npm publish dist`.
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { bundled } from './view/page-files.ts'

const read = [
  '{prompts,output}/**/*.md',
  'sandbox/**/*.py',
  'checks/**/*.py',
  'output/**/*.{py,sh,yaml,md}',
  'teachers/**/*.py',
  'xray/**/{*.jinja,*.py,NOTICE}',
  'teachers/*.json',
  'view/page/*.css',
  'examples/**/*.*',
  'docs/**/*.{md,png}',
  'notebooks/*.ipynb',
  '*.md',
  'LICENSE',
]
for (const file of globSync(read, { exclude: ['examples/**/runs/**'] })) await cp(file, join('dist', file))
for (const name of ['view.js', 'plots.js'] as const)
  writeFileSync(join('dist/view/page', name), await bundled(name))

const {
  scripts: _,
  devDependencies: __,
  optionalDependencies: ___,
  private: ____,
  ...rest
} = JSON.parse(readFileSync('package.json', 'utf8'))
const compiled = {
  ...rest,
  bin: { kindling: 'cli/main.js' },
  exports: Object.fromEntries(
    Object.entries<string>(rest.exports).map(([path, file]) => [path, built(file)]),
  ),
}
writeFileSync('dist/package.json', `${JSON.stringify(compiled, null, 2)}\n`)

/** Where TypeScript's own file of a path went. */
function built(file: string): string | { types: string; default: string } {
  const name = /^(.*)\.ts$/.exec(file)?.[1]
  return name === undefined ? file : { types: `${name}.d.ts`, default: `${name}.js` }
}
