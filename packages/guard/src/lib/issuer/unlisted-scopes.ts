import type { AnyAccess } from '@keyhaven/core/access'

/** The line to log if the issuer's metadata lacks scopes of this API's access module, which no account can get. */
export function unlistedScopes(
  access: AnyAccess | undefined,
  listed: readonly string[] | undefined,
): string | undefined {
  const missing = access?.scopes.filter((scope) => listed?.includes(scope) === false) ?? []
  if (missing.length === 0) return undefined
  return `the issuer does not list ${missing.join(', ')}, so no account gets them and calls that require them are 403: set KEYHAVEN_ACCESS at the service to the access module of this API`
}
