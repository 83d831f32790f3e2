import { readApiKey } from '@keyhaven/core'
import type { ApiKeyParts } from '@keyhaven/core'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { ErrorCode } from '@keyhaven/core/errors'
import { GUARD_KEY_PREFIX } from '@keyhaven/core/wire'
import { hasAuthorization, readCredential } from '@keyhaven/guard/kit'
import { proveKey } from '../../flows/api-keys/prove.ts'
import type { Context } from '../../flows/context.ts'
import { findGuard } from '../../flows/guards/find.ts'
import { invalidClient, OAuthRefusal } from '../../model/oauth-refusal.ts'
import { requireAddress } from '../callers/key-caller.ts'
import type { ServiceRequest } from '../service-request.ts'
import type { Site } from '../site.ts'
import { publicClients } from './client.ts'
import type { OAuthClient } from './client.ts'

/** The parameters with which a client authenticates in the form. */
export interface ClientParameters {
  readonly client_id?: string | undefined
  readonly client_secret?: string | undefined
}

/** Codes of a credential that is not valid, all of which a client is refused with alike. */
const notValid: ReadonlySet<ErrorCode> = new Set([
  'not_signed_in',
  'token_invalid',
  'token_expired',
  'session_ended',
  'account_locked',
])

/**
 * Authenticates the client of an OAuth endpoint, by one method: an API key by Basic or in the form, a guard key as
 * Bearer, or the name of a public client. Cookies count for nothing here.
 * @throws KeyhavenError; `invalid_client` alike for any credential that is not valid.
 */
export async function authenticateClient(
  context: Context,
  { site, request }: { readonly site: Site; readonly request: ServiceRequest },
  form: ClientParameters,
): Promise<OAuthClient> {
  try {
    const method = methodOf(site, request, form)
    switch (method.by) {
      case 'key':
        return await byKey(context, method.key, request.transport.address)
      case 'guard': {
        const guard = await findGuard(context, method.key)
        return { kind: 'guard', id: guard.id, guard }
      }
      default:
        return method.client
    }
  } catch (error) {
    if (error instanceof KeyhavenError && notValid.has(error.code)) throw invalidClient()
    throw error
  }
}

type Method =
  | { readonly by: 'key'; readonly key: ApiKeyParts }
  | { readonly by: 'guard'; readonly key: string }
  | { readonly by: 'name'; readonly client: OAuthClient }

/** @throws KeyhavenError for two methods, and for none that is known. */
function methodOf(site: Site, request: ServiceRequest, form: ClientParameters): Method {
  const { client_id: id, client_secret: secret } = form
  if (!hasAuthorization(request)) return methodOfForm(form)
  if (secret !== undefined) throw twoMethods()
  const credential = readCredential(request, site.cookies)
  if (credential.by === 'api-key' && credential.key !== undefined) {
    // A name beside Basic is no second method if it is the same
    if (id !== undefined && id !== credential.key.id) throw twoMethods()
    return { by: 'key', key: credential.key }
  }
  if (id !== undefined) throw twoMethods()
  if (credential.by === 'bearer' && credential.token.startsWith(GUARD_KEY_PREFIX)) {
    return { by: 'guard', key: credential.token }
  }
  throw invalidClient()
}

function methodOfForm({ client_id: id, client_secret: secret }: ClientParameters): Method {
  if (secret !== undefined) {
    const key = id === undefined ? undefined : readApiKey(`${id}_${secret}`)
    if (key === undefined) throw invalidClient()
    return { by: 'key', key }
  }
  if (id === undefined) return { by: 'name', client: { kind: 'none', id } }
  const known = publicClients.find((one) => one === id)
  if (known === undefined) throw invalidClient()
  return { by: 'name', client: { kind: 'public', id: known } }
}

async function byKey(
  context: Context,
  key: ApiKeyParts,
  address: string | undefined,
): Promise<OAuthClient> {
  const proved = await proveKey(context, key, address)
  requireAddress(proved.key, address)
  return { kind: 'key', id: key.id, ...proved }
}

function twoMethods(): OAuthRefusal {
  return new OAuthRefusal(
    'invalid_request',
    'The client authenticates in two ways: use the header Authorization or the form, not both.',
  )
}
