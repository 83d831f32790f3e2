declare const process: {
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Where the server of a page finds the service. */
export interface ServicePlace {
  /** The URL at which this server reaches the service, without a slash at the end. */
  readonly href: string
  /** The origin of the service as browsers see it. */
  readonly origin: string
  /** The path below which the page calls it, such as `/auth`. */
  readonly mount: string
  /** The names of the service's cookies, with their prefixes. */
  readonly cookies: RegExp
}

/**
 * Reads the settings: `KEYHAVEN_URL`, `KEYHAVEN_REACH` if the service listens elsewhere, `KEYHAVEN_COOKIE_NAME`. No
 * request can change them.
 * @throws Error with a sentence for a setting that is no URL.
 */
export function servicePlace(): ServicePlace {
  const {
    KEYHAVEN_URL: url = 'http://localhost:4000/auth',
    KEYHAVEN_REACH: reach = url,
    KEYHAVEN_COOKIE_NAME: name = 'keyhaven',
  } = process.env
  const { origin, pathname } = urlOf('KEYHAVEN_URL', url)
  return {
    href: urlOf('KEYHAVEN_REACH', reach).href.replace(/\/$/, ''),
    origin,
    mount: pathname.replace(/\/$/, ''),
    cookies: new RegExp(`^(__Host-Http-|__Host-|__Secure-)?${escaped(name)}(-session)?$`),
  }
}

function urlOf(setting: string, value: string): URL {
  if (URL.canParse(value) && /^https?:/.test(value)) return new URL(value)
  throw new Error(
    `${setting} is ${JSON.stringify(value)}, which is no http URL: set it to the address of the service, such as http://127.0.0.1:4000/auth.`,
  )
}

function escaped(name: string): string {
  return name.replace(/[^\w-]/g, '\\$&')
}

/** The path of a call of the service, without its mount; `undefined` for a path of the page. */
export function callIn({ mount }: ServicePlace, pathname: string): string | undefined {
  if (mount === '') return undefined
  return pathname === mount || pathname.startsWith(`${mount}/`)
    ? pathname.slice(mount.length)
    : undefined
}

/**
 * The URL for a call of the page at this server.
 * @throws Error if it leads back to this server.
 */
export function targetOf({ href }: ServicePlace, call: string, host: string | null): string {
  if (new URL(href).host !== host) return href + call
  throw new Error(
    `the service is expected at ${href}, which is this server itself: set KEYHAVEN_REACH to the address on which the service listens, such as http://127.0.0.1:4000/auth.`,
  )
}
