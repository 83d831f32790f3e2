/** A cookie that a `Set-Cookie` line sets (RFC 6265 §4.1). */
export interface SetCookie {
  readonly name: string
  readonly value: string
  readonly pair: string
  /** Attributes, their names in lower case. */
  readonly attributes: ReadonlyMap<string, string>
  readonly isGone: boolean
}

/** Reads a `Set-Cookie` line of the service. */
export function setCookie(line: string): SetCookie {
  const [pair = '', ...rest] = line.split(/; */)
  const at = pair.indexOf('=')
  const attributes = new Map(
    rest.map((attribute): [string, string] => {
      const [name = '', value = ''] = attribute.split(/=(.*)/s)
      return [name.toLowerCase(), value]
    }),
  )
  const isGone =
    Number(attributes.get('max-age') ?? 1) <= 0 ||
    Date.parse(attributes.get('expires') ?? '') <= Date.now()
  return { name: pair.slice(0, at), value: pair.slice(at + 1), pair, attributes, isGone }
}
