import { API_KEY_PREFIX, MACHINE_KEY_PREFIX } from '@keyhaven/core/wire'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import { readCredential } from '@keyhaven/guard/kit'
import type { Context } from '../../flows/context.ts'
import { findMachine, noteMachineUse } from '../../flows/machines/find.ts'
import type { ServiceRequest } from '../service-request.ts'
import type { Site } from '../site.ts'
import { callerByToken, requireRecentLog, resolveCaller } from './caller.ts'
import type { Caller } from './caller.ts'
import { callerByKey, callerByKeyToken, requireAddress } from './key-caller.ts'
import type { KeyCaller } from './key-caller.ts'

/** A caller by the key of a machine: it has reserved scopes of its own, and no account. */
export interface MachineCaller {
  readonly by: 'machine'
  readonly id: string
  readonly name: string
  /** The reserved scopes that it was given. */
  readonly scope: readonly string[]
}

/** Any authenticated caller but a guard. */
export type AnyCaller = Caller | KeyCaller | MachineCaller

/** Whether the caller is a user, in a session of their own. */
export function isPerson(caller: AnyCaller): caller is Caller {
  return 'session' in caller
}

/** Whether the caller is a machine. */
export function isMachine(caller: AnyCaller): caller is MachineCaller {
  return caller.by === 'machine'
}

/** Whether an account is the caller's own, in a session of theirs (H42). */
export function ownsAccount(caller: AnyCaller, accountId: string | undefined): boolean {
  return isPerson(caller) && caller.account.id === accountId
}

/**
 * Finds the caller, whatever its credential; `undefined` if the request has none.
 * @throws KeyhavenError for any credential that is refused.
 */
export async function resolveAnyCaller(
  context: Context,
  site: Site,
  request: ServiceRequest,
): Promise<AnyCaller | undefined> {
  const credential = readCredential(request, site.cookies)
  const { address } = request.transport
  if (credential.by === 'api-key') {
    return callerByKey(context, credential, { address, issuer: site.issuer })
  }
  if (credential.by !== 'bearer') return resolveCaller(context, site, request)
  if (credential.token.startsWith(MACHINE_KEY_PREFIX)) {
    return callerByMachineKey(context, credential.token, address)
  }
  await requireRecentLog(context)
  const token = context.tools.checkToken(credential.token)
  return token.ok && isOfKey(token.claims, site)
    ? callerByKeyToken(context, token.claims, address)
    : callerByToken(context, token)
}

/** Whether a token is one that an API key got for itself, which is for the service too. */
function isOfKey({ client_id, sid, act, aud }: AccessTokenClaims, { issuer }: Site): boolean {
  const isOwn = client_id.startsWith(API_KEY_PREFIX) && sid === undefined && act === undefined
  return isOwn && aud.includes(issuer)
}

async function callerByMachineKey(
  context: Context,
  key: string,
  address: string | undefined,
): Promise<MachineCaller> {
  const used = await findMachine(context, key, address)
  const { machine } = used
  requireAddress(machine, address)
  await noteMachineUse(context, used)
  const { id, name } = machine
  return { by: 'machine', id, name, scope: JSON.parse(machine.scope) as string[] }
}
