import { constants, existsSync } from 'node:fs'
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { ConfigError } from '../pipeline/errors.ts'
import { isObject, parseJson } from '../schemas/json.ts'
import { version } from '../schemas/version.ts'
import { makeFolder } from '../store/folder.ts'
import { guarded } from './guarded.ts'

const template = join(import.meta.dirname, '../examples/first')

/** Write a project that makes rows at once into a folder, beside what is there, and say what to do next. */
export const init = (folder = '.') =>
  guarded(async () => {
    if (!isInstalled(folder))
      throw new ConfigError(
        `kindling is not installed in ${folder} or above it; do that first, as in \`npm install kindling-${version}.tgz\``,
      )
    const project = await projectOf(folder)
    const files = await filesIn(template)
    makeFolder(folder)
    const changed = await asModules(folder, project)
    const outcomes = await Promise.all(files.map(file => copied(file, folder)))
    const written = [...changed, ...files.filter((_, index) => outcomes[index])]
    console.log(
      report(
        folder,
        written,
        files.filter((_, index) => !outcomes[index]),
      ),
    )
  })

/** Whether what is written there can import it. */
const isInstalled = (folder: string): boolean =>
  (createRequire(resolve(folder, 'package.json')).resolve.paths('kindling') ?? []).some(path =>
    existsSync(join(path, 'kindling')),
  )

type Project = Record<string, unknown>

/** What package.json says, if it is there. Throws ConfigError where a config cannot work beside it. */
async function projectOf(folder: string): Promise<Project> {
  const path = join(folder, 'package.json')
  const text = await readFile(path, 'utf8').catch(error => {
    if (error.code === 'ENOENT') return '{ "private": true }'
    throw error
  })
  const project = parseJson(text)
  if (!isObject(project)) throw new ConfigError(`${path}: it is not JSON; correct it`)
  if (project.type !== undefined && project.type !== 'module')
    throw new ConfigError(
      `${path}: its type is ${project.type}, and a config is a module; run \`npm pkg set type=module\`, or name a folder for it, as in \`kindling init first\``,
    )
  return project
}

/** Without a type, Node reads each of the files twice and warns of it. Gives what was written. */
async function asModules(folder: string, project: Project): Promise<string[]> {
  if (project.type === 'module') return []
  const text = JSON.stringify({ ...project, type: 'module' }, null, 2)
  await writeFile(join(folder, 'package.json'), `${text}\n`)
  return ['package.json']
}

/** All but what running the template where it lies leaves there. */
const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .filter(path => !path.startsWith('runs/'))
    .sort()

/** False where something of that name is there already. */
async function copied(file: string, folder: string): Promise<boolean> {
  const path = join(folder, file)
  makeFolder(dirname(path))
  return copyFile(join(template, file), path, constants.COPYFILE_EXCL).then(
    () => true,
    error => {
      if (error.code === 'EEXIST') return false
      throw error
    },
  )
}

const report = (folder: string, written: string[], left: string[]): string =>
  [
    ...listed('written', written),
    ...listed('there already, left as it is', left),
    '',
    'Next:',
    ...(resolve(folder) === process.cwd() ? [] : [`  cd ${folder}`]),
    '  npx kindling setup                  # installs what the sandbox for Python needs, where it is missing',
    '  npx kindling run first.config.ts    # makes a training set; first.config.ts says how to ask a model for it',
    '  npx kindling stats                  # what was kept and what was dropped, and why',
    '  npx kindling show lines-1           # a trajectory',
  ].join('\n')

const listed = (what: string, files: string[]) => files.map(file => `${what}: ${file}`)
