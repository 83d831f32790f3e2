import type { BrandColours } from './colours.ts'
import type { Logo } from './logo.ts'

/** How the service's own pages are dressed. */
export interface Brand {
  readonly name: string
  readonly logo: Logo | undefined
  /** The accent of light and of dark pages, as values of a stylesheet. */
  readonly accents: Accents | undefined
  /** Custom properties that replace those of the look; empty without colours. */
  readonly css: string
  /** Sentences about colours that are hard to see or to read. */
  readonly warnings: readonly string[]
}

/** A brand as it is written in a file and in code. */
export interface WrittenBrand {
  readonly name: string
  /** The path of an SVG or a PNG, relative to the file or to the working folder. */
  readonly logo?: string
  readonly colours?: Pick<BrandColours, 'accent'> & Partial<BrandColours>
}

/** A colour of light pages, and its counterpart in dark ones. */
export interface Accents {
  readonly light: string
  readonly dark: string
}
