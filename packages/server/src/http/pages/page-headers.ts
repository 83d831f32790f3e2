import type { Site } from '../site.ts'

/**
 * The headers of a page: it loads only its own files, and calls only the service. No other path of the host, such as an
 * app's uploads, can give a page its scripts (H31).
 */
export function pageHeaders({ issuer, pages }: Site): Readonly<Record<string, string>> {
  // A visit through another origin, such as a development server's proxy, loads and calls that origin
  const folders = [...new Set([`${issuer}/pages/`, `${pages}/`])]
  const own = folders.join(' ')
  const services = folders.map((folder) => new URL('..', folder).href).join(' ')
  const policy = [
    "default-src 'none'",
    `script-src ${own}`,
    `style-src ${own}`,
    `connect-src ${services}`,
    // The picture of a QR code is in the page itself
    `img-src ${own} data:`,
    `font-src ${own}`,
    "base-uri 'none'",
    `form-action ${services}`,
    "frame-ancestors 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'cross-origin-opener-policy': 'noopener-allow-popups',
    'referrer-policy': 'no-referrer',
  }
}
