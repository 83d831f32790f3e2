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

/** What a person calls this device in a list, such as “Firefox on Linux”. The first sign that fits counts. */
export function deviceName(agent = navigator.userAgent): string {
  const find = (signs: readonly (readonly [string, string])[]): string | undefined =>
    signs.find(([sign]) => agent.includes(sign))?.[1]
  const system = find(systems)
  return (find(browsers) ?? 'A browser') + (system ? ` on ${system}` : '')
}
