import { ConfigurationError, whyOf } from '../configuration-error.ts'
import { dangerIn } from './danger-in.ts'
import { smallFile } from './small-file.ts'

/** A picture as it is served. */
export interface Logo {
  readonly type: 'image/svg+xml' | 'image/png'
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Every page shows it: a larger one would be the slowest part of a sign-in. */
const LARGEST_KIB = 256

const PNG = Buffer.from('89504e470d0a1a0a', 'hex')

/**
 * Reads and checks the logo of a brand; `place` is where the brand is written.
 * @throws ConfigurationError.
 */
export async function readLogo(path: string, place: string): Promise<Logo> {
  const bytes = await bytesOf(path, place)
  if (bytes.subarray(0, PNG.length).equals(PNG)) return { type: 'image/png', bytes }
  const svg = textOf(bytes)
  if (svg === undefined || !isSvg(svg)) {
    throw new ConfigurationError(
      `The logo ${path} of ${place} is neither an SVG nor a PNG: save the logo as one of them.`,
    )
  }
  const danger = dangerIn(svg)
  if (danger === undefined) return { type: 'image/svg+xml', bytes }
  throw new ConfigurationError(
    `The logo ${path} of ${place} has ${danger}, which a logo may not have: remove it, or save the logo as a PNG.`,
  )
}

async function bytesOf(path: string, place: string): Promise<Buffer<ArrayBuffer>> {
  try {
    const bytes = await smallFile(path, LARGEST_KIB * 1024)
    if (bytes !== undefined) return bytes
  } catch (cause) {
    throw new ConfigurationError(
      `The logo ${path} of ${place} can’t be read (${whyOf(cause)}): set it to the path of an SVG or a PNG, relative to the brand file.`,
      { cause },
    )
  }
  throw new ConfigurationError(
    `The logo ${path} of ${place} is larger than ${LARGEST_KIB} KiB: simplify or scale down the logo.`,
  )
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Whether the first element is an `svg` that browsers show as a picture, which needs its namespace. */
function isSvg(text: string): boolean {
  const root = text
    .replaceAll(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>/g, '')
    .replace(/<!doctype[^[>]*(?:\[[^\]]*\]\s*)?>/i, '')
    .trimStart()
  const [, attributes = ''] = /^<(?:[\w-]+:)?svg\b([^>]*)>/.exec(root) ?? []
  return /\sxmlns(:[\w-]+)?\s*=\s*["']http:\/\/www\.w3\.org\/2000\/svg["']/.test(attributes)
}
