/** Times are written in the page's language, not in the browser's: one screen, one language. */
const language = document.documentElement.lang

const exact = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' })
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
const list = new Intl.ListFormat(language)

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** A point in time, to the minute, with its year. */
export function whenOf(time: string): string {
  return exact.format(new Date(time))
}

/** The time since then, such as “5 minutes ago”; “just now” within a minute. */
export function agoOf(time: string): string {
  const seconds = (Date.now() - new Date(time).getTime()) / 1000
  const unit = units.find(([, length]) => seconds >= length)
  return unit ? relative.format(-Math.floor(seconds / unit[1]), unit[0]) : 'just now'
}

/** “a, b, and c”. */
export function listOf(items: readonly string[]): string {
  return list.format(items)
}

/** “1 note”, “2 notes”. */
export function countOf(count: number, one: string, more = `${one}s`): string {
  return `${count.toLocaleString(language)} ${count === 1 ? one : more}`
}
