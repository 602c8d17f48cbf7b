/** A file that was read: `path` is as the config names it, from the config's folder. */
export interface InputFile {
  path: string
  bytes: number
  sha256: string
}

/** Is told of a file when all of it was read. */
export type Noted = (file: InputFile) => void

/** What a source of tasks gave, and the files of this disk that it gave it from. */
export interface Input {
  /** Of the source. */
  name: string
  tasks: number
  /** Each counted for every task that has it; bytes are those that are kept. */
  pictures: { count: number; bytes: number }
  files: InputFile[]
}
