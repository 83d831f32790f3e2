import { createHash } from 'node:crypto'
import type { Brand } from '../../config/brand/brand.ts'
import type { Answer } from '../endpoint.ts'

/** The product's own name, which a brand replaces. */
const PRODUCT = 'Keyhaven'

const STYLE = 'brand.css'
const LOGO = 'brand-logo'

/** What of the pages is the brand's, and the files of it. */
export interface BrandFiles {
  readonly name: string
  /** Relative to a page. */
  readonly logoUrl: string
  /** `undefined` if the colours are the look's own: then a page loads no second stylesheet. */
  readonly styleUrl: string | undefined
  fileFor(name: string, query: string): Answer | undefined
}

/** `mark` is the product's own mark, an SVG with two colours: for light and for dark pages. */
export function brandFilesOf(brand: Brand | undefined, mark: string): BrandFiles {
  const logo = brand?.logo ?? { type: 'image/svg+xml', bytes: Buffer.from(tinted(mark, brand)) }
  const style = brand?.css ?? ''
  const versions = { [STYLE]: versionOf(style), [LOGO]: versionOf(logo.bytes) }
  return {
    name: brand?.name ?? PRODUCT,
    logoUrl: `${LOGO}?v=${versions[LOGO]}`,
    styleUrl: style === '' ? undefined : `${STYLE}?v=${versions[STYLE]}`,
    fileFor: (name, query) => {
      if (name !== STYLE && name !== LOGO) return undefined
      const caching = {
        // The next start may have another brand: only the address with the version stays true
        'cache-control':
          query === `v=${versions[name]}` ? 'public, max-age=31536000, immutable' : 'no-cache',
      }
      if (name === STYLE) {
        const type = 'text/css; charset=utf-8'
        return { status: 200, text: style, headers: { 'content-type': type, ...caching } }
      }
      // A visit of the picture itself runs nothing in it (H31)
      const policy = { 'content-security-policy': 'sandbox' }
      const type = logo.type === 'image/png' ? logo.type : `${logo.type}; charset=utf-8`
      return {
        status: 200,
        bytes: logo.bytes,
        headers: { 'content-type': type, ...policy, ...caching },
      }
    },
  }
}

/** A brand with colours and no logo shows the mark in its accent. */
function tinted(mark: string, brand: Brand | undefined): string {
  const colours = Object.values(brand?.accents ?? {})
  return mark.replaceAll(/#[\da-f]{6}\b/g, (own) => colours.shift() ?? own)
}

function versionOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('base64url').slice(0, 12)
}
