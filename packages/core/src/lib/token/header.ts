import { ACCESS_TOKEN_TYPE } from '../wire/names.ts'

/** First segment of an access token, as this package writes it: exactly `alg`, `kid`, `typ`. */
export function headerText(alg: string, kid: string): string {
  return Buffer.from(JSON.stringify({ alg, kid, typ: ACCESS_TOKEN_TYPE })).toString('base64url')
}

/** Whether `typ` is the media type of access tokens, compared without case (RFC 9068 §4). */
export function isAccessTokenType(typ: string): boolean {
  const lower = typ.toLowerCase()
  return lower === ACCESS_TOKEN_TYPE || lower === `application/${ACCESS_TOKEN_TYPE}`
}
