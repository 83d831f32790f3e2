const browsers = [
  ['Edge', /Edg(?:A|iOS)?\/(\d+)/],
  ['Opera', /OPR\/(\d+)/],
  ['Firefox', /(?:Firefox|FxiOS)\/(\d+)/],
  ['Chrome', /(?:Chrome|CriOS)\/(\d+)/],
  ['Safari', /Version\/(\d+).*Safari/],
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

/** What this device is called in the list of devices, such as “Firefox 140 on Linux”. The first match counts. */
export function deviceName(agent: string = navigator.userAgent): string {
  const system = systems.find(([sign]) => agent.includes(sign))?.[1]
  const browser = browsers
    .map(([name, sign]) => [name, sign.exec(agent)?.[1]] as const)
    .find(([, version]) => version !== undefined)
  return (browser?.join(' ') ?? 'A browser') + (system ? ` on ${system}` : '')
}
