/** A colour in OKLCH: lightness 0 to 1, chroma, and hue in degrees. */
export interface Oklch {
  readonly lightness: number
  readonly chroma: number
  readonly hue: number
}

/** Red, green and blue, 0 to 1 within sRGB. */
type Channels = readonly [number, number, number]

/** The value of a stylesheet. */
export function oklchText({ lightness, chroma, hue }: Oklch): string {
  const [l, c, h] = [lightness, chroma, hue].map((part) => Number(part.toFixed(4)))
  return `oklch(${l} ${c} ${h})`
}

/** The colour of an opaque `oklch()` without units, as `oklchText` writes it. */
export function readOklch(text: string): Oklch | undefined {
  const numbers = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(text)
  if (numbers === null) return undefined
  const [lightness = 0, chroma = 0, hue = 0] = numbers.slice(1).map(Number)
  return { lightness, chroma, hue }
}

/** Linear sRGB, by way of OKLab. Channels of a colour that screens can't show are outside of 0 to 1. */
export function linearOf({ lightness, chroma, hue }: Oklch): Channels {
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
}

/** The colour of `#rgb` or `#rrggbb`; `undefined` for another text. */
export function oklchOfHex(text: string): Oklch | undefined {
  if (!/^#([\da-f]{3}|[\da-f]{6})$/i.test(text)) return undefined
  const digits = text.length === 4 ? text.replaceAll(/[\da-f]/gi, '$&$&') : text
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    linearChannel(Number.parseInt(digits.slice(at, at + 2), 16) / 255),
  )
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s
  const b = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s
  return {
    lightness: Math.min(1, 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s),
    chroma: Math.hypot(a, b),
    hue: ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360,
  }
}

/** The same lightness and hue with as much of the chroma as sRGB can show. */
export function withinSrgb(colour: Oklch): Oklch {
  let shown = colour
  while (shown.chroma > 0 && linearOf(shown).some((part) => part < -0.001 || part > 1.001)) {
    shown = { ...shown, chroma: Math.max(0, shown.chroma - 0.002) }
  }
  return shown
}

/** The sRGB curve of one channel (IEC 61966-2-1). */
function linearChannel(part: number): number {
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
}
