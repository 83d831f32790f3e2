/** A cookie as Playwright’s `addCookies` and Puppeteer’s `setCookie` accept it. */
export interface TestCookie {
  readonly name: string
  readonly value: string
  readonly domain: string
  readonly path: string
  /** Seconds since 1970; -1 for a cookie that ends with the browser. */
  readonly expires: number
  readonly httpOnly: boolean
  readonly secure: boolean
  readonly sameSite: 'Strict' | 'Lax'
}

/** The cookies that an answer of the service sets. */
export function cookiesOf({ headers }: Response, hostname: string): TestCookie[] {
  return headers.getSetCookie().map((line) => {
    const [pair = '', ...attributes] = line.split('; ')
    const at = pair.indexOf('=')
    const given = new Map(attributes.map((one) => nameAndValue(one)))
    const age = given.get('max-age')
    const domain = given.get('domain')
    return {
      name: pair.slice(0, at),
      value: pair.slice(at + 1),
      domain: domain === undefined ? hostname : `.${domain}`,
      path: given.get('path') ?? '/',
      expires: age === undefined ? -1 : Math.floor(Date.now() / 1000) + Number(age),
      httpOnly: given.has('httponly'),
      secure: given.has('secure'),
      sameSite: given.get('samesite') === 'Lax' ? 'Lax' : 'Strict',
    }
  })
}

function nameAndValue(attribute: string): [string, string] {
  const [name = '', value = ''] = attribute.split('=')
  return [name.toLowerCase(), value]
}
