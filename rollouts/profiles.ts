import { reindented } from '../checks/code/reindented.ts'

/** How code of others was run, so that it can be run again: what its session holds, and who alters it before. */
export interface Profile {
  name: string
  /** The names that the k-th picture of the question has in a session, from 1. */
  names(k: number): string[]
  /** Python that binds what a session of theirs holds from the start; `files` are the pictures of the question. */
  holds(files: readonly string[]): string
  /** Whether their runner alters some of these codes before it runs them: what runs here is not what ran there. */
  rewrites(codes: readonly string[]): Promise<boolean>
}

const deepEyesHolds = [
  'import os, sys, shutil, subprocess, builtins, base64',
  'import matplotlib.pyplot as plt',
  'from io import BytesIO',
  'from PIL import Image',
].join('\n')

const named = (k: number): string[] => [`image_${k}`]

/**
 * Code of Thyme opens the question's picture at a path of their machine, and works below `/mnt/data`; their runner puts
 * its own paths in. Here a session finds both where it works: code stays as it is shown.
 */
const thymeHolds = (files: readonly string[]): string => `
def _places(first):
    import builtins, functools, io, os
    own, there, picture = os.path.join(os.getcwd(), 'data'), os.path.exists, ('.jpg', '.jpeg', '.png', '.webp', '.bmp')
    os.makedirs(own, exist_ok=True)
    def placed(path):
        if not isinstance(path, (str, os.PathLike)):
            return path
        text = os.fspath(path)
        if not isinstance(text, str) or not text.startswith('/'):
            return path
        if text == '/mnt/data' or text.startswith('/mnt/data/'):
            return own + text[len('/mnt/data'):]
        return first if first and text.lower().endswith(picture) and not there(text) else path
    def wrapped(work):
        return functools.wraps(work)(lambda path, *given, **named: work(placed(path), *given, **named))
    def wrap(module, *names):
        for name in names:
            setattr(module, name, wrapped(getattr(module, name)))
    wrap(builtins, 'open')
    io.open = builtins.open
    try:
        import cv2
        wrap(cv2, 'imread', 'imwrite')
    except ImportError:
        pass
    wrap(os, 'makedirs', 'mkdir', 'listdir', 'remove')
    wrap(os.path, 'exists', 'isfile', 'isdir', 'getsize')
_places(${files[0] === undefined ? 'None' : `__import__('os').path.abspath('${files[0]}')`})
del _places
`

const plain: Profile = { name: 'plain', names: named, holds: () => '', rewrites: async () => false }

/** Lines that are indented anew are what they were where there is no block. */
const indentsAnew = async (codes: readonly string[]) => (await reindented(codes, {})).includes(true)

/**
 * kindling's own; DeepEyesV2 (envs/deepeyesv2: its session holds more names, and re-indents code); Thyme (its runner
 * puts other paths and box numbers into code); PyVision (`image_clue_0` …); and any other.
 */
const profiles = {
  kindling: { ...plain, name: 'kindling' },
  deepeyes_v2: { ...plain, name: 'deepeyes_v2', holds: () => deepEyesHolds, rewrites: indentsAnew },
  thyme: { ...plain, name: 'thyme', holds: thymeHolds, rewrites: async () => true },
  pyvision: { ...plain, name: 'pyvision', names: (k: number) => [`image_clue_${k - 1}`] },
  plain,
} satisfies Record<string, Profile>

export type ProfileName = keyof typeof profiles

export const profileNames = Object.keys(profiles) as ProfileName[]

/** The profile of a name; the plain one where none has it. */
export const profileOf = (name: string): Profile =>
  new Map<string, Profile>(Object.entries(profiles)).get(name) ?? plain

/** Python that gives the pictures of a question their names, where files hold them. Nothing where there is none. */
export const namingOf = ({ names, holds }: Profile, files: readonly string[]): string =>
  [
    holds(files),
    ...(files.length === 0 ? [] : ['from PIL.Image import open as _open']),
    ...files.flatMap((file, index) => {
      const [name = '', ...others] = names(index + 1)
      return [`${name} = _open('${file}'); ${name}.load()`, ...others.map(other => `${other} = ${name}`)]
    }),
    ...(files.length === 0 ? [] : ['del _open']),
  ]
    .filter(line => line !== '')
    .join('\n')

/** What tools are called that run Python, and where the code stands in their arguments. */
const codeTools = new Set(
  'python code ipython python_interpreter code_interpreter execute_python run_python jupyter python_exec pythoninterpreter'.split(
    ' ',
  ),
)
const codeArguments = ['code', 'source', 'script', 'input']

/** The code that a call asks to be run; undefined where it asks for something else. */
export function codeIn(name: string, given: unknown): string | undefined {
  if (!codeTools.has(name.toLowerCase())) return undefined
  if (typeof given === 'string') return given
  const held = Object(given)
  const found = codeArguments.map(argument => held[argument]).find(code => typeof code === 'string')
  return typeof found === 'string' ? found : undefined
}
