/** The languages of mails. The first one is used for every other language. */
export const locales = ['en', 'de'] as const

/** A language of mails. */
export type Locale = (typeof locales)[number]

const [fallback] = locales

/** Longer headers are cut: no browser sends one. */
const LONGEST = 500

/** The language of mails for a language tag such as `de-AT`; `undefined` if there is none. */
export function localeOfTag(tag: string | null | undefined): Locale | undefined {
  const [language] = (tag ?? '').trim().toLowerCase().split('-')
  return locales.find((one) => one === language)
}

/** The first language of an `Accept-Language` header that mails have (RFC 9110 §12.5.4). */
export function localeOfHeader(header: string | undefined): Locale {
  const ranges = (header ?? '')
    .slice(0, LONGEST)
    .split(',')
    .map((range) => {
      const [tag = '', ...parameters] = range.split(';')
      const quality = parameters.map((one) => /^\s*q=([\d.]+)\s*$/.exec(one)?.[1]).find(Boolean)
      return { tag, quality: Number(quality ?? 1) }
    })
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality)
  for (const { tag } of ranges) {
    const locale = tag.trim() === '*' ? fallback : localeOfTag(tag)
    if (locale !== undefined) return locale
  }
  return fallback
}
