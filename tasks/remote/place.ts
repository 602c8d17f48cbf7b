/** A file at a place. */
export interface RemoteFile {
  path: string
  /** Bytes, where the place tells. */
  size: number | null
  /** Other bytes have another one: `sha256:…`, `git:…`, `etag:…` or `modified:…`; empty where nothing tells. */
  mark: string
  /** Which state of the file it is, where a place keeps former ones. */
  version?: string | undefined
}

/** What is there, and as of which commit, where there are any. */
export interface Listing {
  commit: string | null
  files: RemoteFile[]
}

/** Which bytes of a file are asked for: to its end where none is named, which is not among them. */
export interface ByteRange {
  start: number
  end?: number
}

/** Bytes of a file from `start` on. What is named of the whole file is empty or null where the place does not say. */
export interface RemoteBytes extends Pick<RemoteFile, 'size' | 'mark' | 'version'> {
  start: number
  body: AsyncIterable<Uint8Array>
}

/** A repository of the Hub, a bucket or a web server, and which files of it are meant. */
export interface Place {
  /** As it is written, without secrets. */
  shown: string
  /** The path or the pattern of the paths that are meant. */
  pattern: string
  /** Whether it names one state for ever, as a commit does. */
  fixed: boolean
  /** What helps where it is not open to everybody. */
  key: string
  /** The folder that images of a table may lie in. */
  imagesOf(table: string): string
  /** A file of it as it is shown, without secrets. */
  show(path: string): string
  /** What is there now that the pattern may mean. Rejects with RemoteError. */
  list(signal: AbortSignal): Promise<Listing>
  /** Bytes of a file; all of it where the place sends no parts. Rejects with RemoteError, and so does the body. */
  open(
    file: Pick<RemoteFile, 'path' | 'version'>,
    range: ByteRange,
    signal: AbortSignal,
  ): Promise<RemoteBytes>
}
