import { parseHTML } from 'linkedom'

/** A title or snippet in HTML as the text a reader would see. Nothing in it is run or fetched. */
export const plainText = (html: string): string =>
  parseHTML(`<!doctype html><html><body>${html}</body></html>`).document.body.textContent ?? ''
