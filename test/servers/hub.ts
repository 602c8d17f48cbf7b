import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { sha256 } from '../../schemas/hash.ts'

/** What the Hubs of tests have in common: the names that huggingface.co gives to files, and how it says something. */

export const gitHash = (text: string | Uint8Array) => createHash('sha1').update(text).digest('hex')

export const blobHash = (bytes: Uint8Array) =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')

/** A file as a list of a repository's files tells of it; a large one is named by its sha256, too. */
export const entryOf = (path: string, bytes: Uint8Array, isLarge: boolean) => ({
  type: 'file',
  path,
  size: bytes.length,
  oid: isLarge ? gitHash(`pointer to ${path}`) : blobHash(bytes),
  ...(isLarge && { lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 133 } }),
})

interface Answer {
  headers?: Record<string, string>
  body?: string | Buffer
}

export function answer(response: ServerResponse, status: number, { headers = {}, body = '' }: Answer = {}) {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(body)
}

export const refused = (response: ServerResponse, status: number, message: string, code?: string) =>
  answer(response, status, {
    headers: { ...(code && { 'x-error-code': code }), 'x-error-message': message },
    body: JSON.stringify({ error: message }),
  })
