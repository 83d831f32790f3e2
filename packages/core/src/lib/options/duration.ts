const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Longer durations would exceed the range of dates. */
const LONGEST_DAYS = 3650

/**
 * Parses `60s`, `10m`, `8h`, `30d` to seconds.
 * @throws Error whose message completes "NAME …".
 */
export function duration(text: string): number {
  const match = /^([1-9]\d{0,7})([smhd])$/.exec(text)
  if (match === null) throw new Error('must be a duration such as 60s, 10m, 8h or 30d')
  const seconds = Number(match[1]) * (units[match[2] ?? ''] ?? 0)
  if (seconds > LONGEST_DAYS * 86_400) throw new Error(`must be at most ${LONGEST_DAYS}d`)
  return seconds
}
