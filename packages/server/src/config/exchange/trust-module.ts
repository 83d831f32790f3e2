import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigurationError, whyOf } from '../configuration-error.ts'
import { foreignAlgorithms, foreignKeyTypes } from './trusted-issuer.ts'
import type { TrustedIssuer } from './trusted-issuer.ts'

/** The list of trusted issuers itself, or that of a module at a path. */
export async function trustModule(
  value: unknown,
  folder: string,
): Promise<readonly TrustedIssuer[]> {
  if (typeof value !== 'string') return checkedTrust(value, 'trust')
  const path = resolve(folder, value)
  try {
    const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>
    return checkedTrust(module['trust'] ?? module['default'], path)
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause
    throw new ConfigurationError(
      `The module of trusted issuers ${path} can’t be loaded (${whyOf(cause)}): correct the module, or set KEYHAVEN_TRUST to its path.`,
      { cause },
    )
  }
}

const MEMBERS = ['issuer', 'audience', 'jwks', 'scopes', 'algorithms', 'typ', 'account']

/** Most keys that an issuer may have. */
const MOST_KEYS = 64

function checkedTrust(value: unknown, place: string): readonly TrustedIssuer[] {
  if (!Array.isArray(value)) {
    throw new ConfigurationError(
      `${place} must be a list of trusted issuers: write [{ issuer, … }].`,
    )
  }
  const entries = value.map((entry: unknown, at) => checkedIssuer(entry, `${place}[${at}]`))
  const issuers = entries.map(({ issuer }) => issuer)
  const twice = issuers.find((one, at) => issuers.indexOf(one) !== at)
  if (twice === undefined) return Object.freeze(entries)
  throw new ConfigurationError(`${place} has the issuer ${twice} twice: keep one of the entries.`)
}

function checkedIssuer(entry: unknown, place: string): TrustedIssuer {
  const given = (typeof entry === 'object' && entry !== null ? entry : {}) as Partial<TrustedIssuer>
  const wrong = Object.keys(given).find((name) => !MEMBERS.includes(name))
  if (wrong !== undefined) {
    throw new ConfigurationError(
      `${place} has '${wrong}', which is not a member of a trusted issuer: use ${MEMBERS.join(', ')}.`,
    )
  }
  const fault = faultOf(given)
  if (fault !== undefined) throw new ConfigurationError(`${place}.${fault}.`)
  return Object.freeze({ ...given } as TrustedIssuer)
}

/** What is wrong with an entry: the member, and what it must be. */
function faultOf(given: Partial<TrustedIssuer>): string | undefined {
  if (!isText(given.issuer)) return 'issuer must be the exact iss of its tokens'
  if (!isText(given.audience)) return 'audience must be the aud of its tokens'
  if (!areTexts(given.scopes)) return 'scopes must be a list of scopes, which may be empty'
  if (given.scopes.some((one) => one.startsWith('keyhaven:'))) {
    return 'scopes must have none that begins with keyhaven:, which no exchanged token may have'
  }
  const algorithms: readonly string[] = foreignAlgorithms
  if (!areTexts(given.algorithms) || given.algorithms.length === 0) {
    return `algorithms must be a list of ${algorithms.join(', ')}`
  }
  const unknown = given.algorithms.find((one) => !algorithms.includes(one))
  if (unknown !== undefined) return `algorithms has ${unknown}: use ${algorithms.join(', ')}`
  if (!isText(given.typ)) return 'typ must be the typ in the header of its tokens, such as JWT'
  if (typeof given.account !== 'function') {
    return 'account must be a function of the claims, so write it in code, in keyhaven.config.ts or in the module of KEYHAVEN_TRUST'
  }
  return faultOfKeys(given.jwks, given.issuer)
}

function faultOfKeys(jwks: TrustedIssuer['jwks'], issuer: string): string | undefined {
  if (jwks === undefined && !URL.canParse(issuer))
    return 'jwks must be set, as the issuer is no URL'
  if (jwks === undefined) return undefined
  if (typeof jwks === 'string') {
    const isUrl = URL.canParse(jwks) && /^https?:$/.test(new URL(jwks).protocol)
    return isUrl ? undefined : 'jwks must be an https URL or a key set'
  }
  const { keys } = (jwks ?? {}) as { readonly keys?: unknown }
  const isSet = Array.isArray(keys) && keys.length > 0 && keys.length <= MOST_KEYS
  if (!isSet) return `jwks must have 1 to ${MOST_KEYS} keys`
  return keys.every((one: unknown) => isPublicKey(one))
    ? undefined
    : 'jwks must have only public keys: remove secrets and private keys'
}

/** Whether a value is a public key of a type that signs. */
export function isPublicKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { kty } = value as { readonly kty?: unknown }
  return foreignKeyTypes.includes(kty) && !('d' in value) && !('k' in value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText)
}
