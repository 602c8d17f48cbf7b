/**
 * What the page may do (Content Security Policy level 3, Trusted Types): run and style itself by its own files,
 * fetch from where it came from, and show pictures that it made. Text of a dataset cannot become markup or code: the
 * one Trusted Type that there is names the script that draws plots.
 */
export const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  'img-src blob: data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types kindling',
].join('; ')

/** Headers of every answer. No other page embeds this one, learns its address or reads what it reads. */
export const safeHeaders = {
  'content-security-policy': `${policy}; frame-ancestors 'none'`,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
}
