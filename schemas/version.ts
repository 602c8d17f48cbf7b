import { createRequire } from 'node:module'

/** The version of kindling, as package.json has it: in a checkout and in an installed package alike. */
export const version: string = createRequire(import.meta.url)('kindling/package.json').version
