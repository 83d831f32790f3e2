import type { ApiKeyParts } from '@keyhaven/core'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { Introspection } from '@keyhaven/core/wire'
import type { ContextPart } from '../context.ts'
import { issueForKey, valuesForKey } from './issue.ts'
import type { IssuingForKey } from './issue.ts'
import { lockLiveKey } from './lock-live.ts'
import { proveKey } from './prove.ts'
import { audiencesOfKey } from './token.ts'

/** The guard that asks about a key. */
export interface AskingGuard {
  /** The audiences of the guard. */
  readonly audiences: readonly string[]
  /** The client's address of the question, if it is known. */
  readonly address: string | undefined
}

/** Codes that are an answer about the key; any other means that there is none. */
const answers: ReadonlySet<string> = new Set([
  'token_invalid',
  'token_expired',
  'session_ended',
  'account_locked',
])

/**
 * Answers a guard about an API key: with the claims of a recorded token for the audiences that key and guard have in
 * common, so that whatever ends tokens ends the answer; or with the code to refuse with. A guard of another audience
 * learns nothing (H30).
 * @throws KeyhavenError if there is no answer now, such as `unavailable`.
 */
export async function introspectKey(
  context: IssuingForKey & ContextPart<'tools', 'limits'>,
  sent: ApiKeyParts,
  { audiences: ofGuard, address }: AskingGuard,
): Promise<Introspection> {
  try {
    const proved = await proveKey(context, sent, address)
    const audiences = audiencesOfKey(context, proved.key).filter((one) => ofGuard.includes(one))
    if (audiences.length === 0) return { active: false }
    const values = await valuesForKey(context, proved.account)
    return await context.database.transact(async (moment) => {
      const live = await lockLiveKey(moment, proved)
      const token = { audiences, scope: null, values }
      const { claims } = await issueForKey(context, moment, { live, token })
      const { addresses } = live.key
      return {
        ...claims,
        active: true,
        token_type: 'Bearer',
        ...(addresses !== null && { addresses: JSON.parse(addresses) as string[] }),
      } as const
    })
  } catch (error) {
    if (error instanceof KeyhavenError && answers.has(error.code)) {
      return { active: false, code: error.code }
    }
    throw error
  }
}
