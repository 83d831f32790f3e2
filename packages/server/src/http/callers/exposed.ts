import { KeyhavenError } from '@keyhaven/core/errors'
import { MACHINE_KEY_PREFIX } from '@keyhaven/core/wire'
import { readCredential } from '@keyhaven/guard/kit'
import * as z from 'zod'
import { findMachine } from '../../flows/machines/find.ts'
import { removeMachine } from '../../flows/machines/remove.ts'
import type { Context } from '../../flows/context.ts'
import type { ServiceRequest } from '../service-request.ts'
import type { Site } from '../site.ts'
import { readForm } from '../bodies/form.ts'
import { sessionsOf } from './sessions-of-request.ts'

const text = z.string().optional()

/** Every parameter of the OAuth endpoints that holds a credential. */
const credentials = z.object({
  client_id: text,
  client_secret: text,
  refresh_token: text,
  subject_token: text,
  actor_token: text,
  token: text,
})

/** A request over plain http. */
interface Exposed {
  readonly site: Site
  readonly request: ServiceRequest
  /** Whether it is the form of an OAuth client. */
  readonly isForm: boolean
}

/** The reason in the audit log. */
const reason = 'sent over plain http'

/**
 * Ends what a request over plain http has shown to others (R37): sessions, an API key, the key of a
 * machine, a token that belongs to no session, and these in the form of an OAuth call. A form that can't be
 * read shows none.
 * @returns whether there was any in a header.
 */
export async function endExposed(
  context: Context,
  { site, request, isForm }: Exposed,
): Promise<boolean> {
  const sessions = await sessionsOf(context, site, request)
  for (const sessionId of sessions) {
    await context.revocations.end({ sessionId, actor: {}, proved: true })
  }
  const isKey = await endAll(context, request, inHeader(site, request))
  const isMachine = await endMachine(context, site, request)
  if (isForm) await endAll(context, request, await inForm(request))
  return sessions.length > 0 || isKey || isMachine
}

function inHeader(site: Site, request: ServiceRequest): readonly string[] {
  const credential = readCredential(request, site.cookies)
  if (credential.by === 'bearer') return [credential.token]
  if (credential.by !== 'api-key' || credential.key === undefined) return []
  return [`${credential.key.id}_${credential.key.secret}`]
}

async function inForm(request: ServiceRequest): Promise<readonly string[]> {
  try {
    const form = await readForm(request, credentials)
    const { client_id: id, client_secret: secret, ...sent } = form
    const key = secret === undefined ? undefined : `${id}_${secret}`
    return [key, ...Object.values(sent)].filter((one) => one !== undefined)
  } catch (error) {
    if (error instanceof KeyhavenError) return []
    throw error
  }
}

async function endAll(
  context: Context,
  { transport: { address: from } }: ServiceRequest,
  sent: readonly string[],
): Promise<boolean> {
  if (sent.length === 0) return false
  const { endShown } = await import('../../flows/acts.ts')
  let isAny = false
  for (const credential of sent) {
    if (await endShown(context, { credential, reason, from })) isAny = true
  }
  return isAny
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
