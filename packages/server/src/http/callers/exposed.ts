import { KeyhavenError } from '@keyhaven/core/errors'
import { MACHINE_KEY_PREFIX } from '@keyhaven/core/wire'
import { readCredential } from '@keyhaven/guard/kit'
import { proveKey } from '../../flows/api-keys/prove.ts'
import { findMachine } from '../../flows/machines/find.ts'
import { removeMachine } from '../../flows/machines/remove.ts'
import { endApiKey } from '../../flows/api-keys/end.ts'
import type { Context } from '../../flows/context.ts'
import { revokeToken } from '../../flows/tokens/revoke.ts'
import type { ServiceRequest } from '../service-request.ts'
import type { Site } from '../site.ts'
import { sessionsOf } from './sessions-of-request.ts'

/** The reason in the audit log. */
const reason = 'sent over plain http'

/**
 * Ends what a request over plain http has shown to others (R37): sessions, an API key, the key of a
 * machine, and a token that belongs to no session.
 * @returns whether there was any.
 */
export async function endExposed(
  context: Context,
  site: Site,
  request: ServiceRequest,
): Promise<boolean> {
  const sessions = await sessionsOf(context, site, request)
  for (const sessionId of sessions) {
    await context.revocations.end({ sessionId, actor: {}, proved: true })
  }
  const isKey = await endKey(context, site, request)
  const isToken = await endToken(context, site, request)
  const isMachine = await endMachine(context, site, request)
  return sessions.length > 0 || isKey || isToken || isMachine
}

async function endKey(context: Context, site: Site, request: ServiceRequest): Promise<boolean> {
  const credential = readCredential(request, site.cookies)
  if (credential.by !== 'api-key' || credential.key === undefined) return false
  const sent = credential.key
  return isDone(async () => {
    const { key, account } = await proveKey(context, sent, request.transport.address)
    const end = { accountId: account.id, keyId: key.id, held: 'all', reason } as const
    await endApiKey(context, end, {})
  })
}

async function endMachine(context: Context, site: Site, request: ServiceRequest): Promise<boolean> {
  const credential = readCredential(request, site.cookies)
  if (credential.by !== 'bearer' || !credential.token.startsWith(MACHINE_KEY_PREFIX)) return false
  return isDone(async () => {
    const { address } = request.transport
    const { machine } = await findMachine(context, credential.token, address)
    const removal = { name: machine.name, reason }
    context.revocations.unread.add(await removeMachine(context.database, removal, {}))
  })
}

async function endToken(context: Context, site: Site, request: ServiceRequest): Promise<boolean> {
  const credential = readCredential(request, site.cookies)
  if (credential.by !== 'bearer') return false
  const token = context.tools.checkToken(credential.token)
  if (!token.ok || token.claims.sid !== undefined) return false
  const { jti } = token.claims
  return isDone(() => revokeToken(context, { jti, held: 'all', reason }, {}))
}

/** Whether something was ended; false if it does not exist, or has ended before. */
async function isDone(end: () => Promise<void>): Promise<boolean> {
  try {
    await end()
    return true
  } catch (error) {
    if (error instanceof KeyhavenError && error.status < 500) return false
    throw error
  }
}
