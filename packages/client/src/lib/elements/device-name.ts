const browsers = [
  ['Edg', 'Edge'],
  ['OPR', 'Opera'],
  ['Firefox', 'Firefox'],
  ['FxiOS', 'Firefox'],
  ['Chrome', 'Chrome'],
  ['CriOS', 'Chrome'],
  ['Safari', 'Safari'],
] as const
const systems = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['CrOS', 'ChromeOS'],
  ['Mac OS', 'macOS'],
  ['Linux', 'Linux'],
] as const

/** A name for this device, such as “Firefox on Linux”, from the first pattern that matches. */
export function deviceName(agent: string = navigator.userAgent): string {
  const find = (signs: readonly (readonly [string, string])[]): string | undefined =>
    signs.find(([sign]) => agent.includes(sign))?.[1]
  const system = find(systems)
  return (find(browsers) ?? 'A browser') + (system ? ` on ${system}` : '')
}
