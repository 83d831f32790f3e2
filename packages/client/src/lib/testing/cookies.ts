import { setCookie } from '../server-rendering/set-cookie.ts'

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
    const { name, value, attributes } = setCookie(line)
    const age = attributes.get('max-age')
    const domain = attributes.get('domain')
    return {
      name,
      value,
      domain: domain === undefined ? hostname : `.${domain}`,
      path: attributes.get('path') ?? '/',
      expires: age === undefined ? -1 : Math.floor(Date.now() / 1000) + Number(age),
      httpOnly: attributes.has('httponly'),
      secure: attributes.has('secure'),
      sameSite: attributes.get('samesite') === 'Lax' ? 'Lax' : 'Strict',
    }
  })
}
