import type { TokenAnswer } from '@keyhaven/core/wire'
import { OAuthRefusal } from '../../model/oauth-refusal.ts'
import { cookieAudiences, scopesStillHeld } from '../../model/token-basis.ts'
import type { LiveKey } from './find-live.ts'
import { issueForKey, scopesOfKey, valuesForKey } from './issue.ts'
import type { IssuingForKey } from './issue.ts'
import { lockLiveKey } from './lock-live.ts'

/** What a key asks for; without scopes or audiences all that it has. */
export interface AskedOfKey {
  readonly scope: readonly string[] | undefined
  readonly audiences: readonly string[] | undefined
}

/**
 * Issues a token to an API key itself.
 * @throws OAuthRefusal `invalid_scope` or `invalid_target` for more than the key has; KeyhavenError if it has ended.
 */
export async function tokenForKey(
  context: IssuingForKey,
  proved: LiveKey,
  asked: AskedOfKey,
): Promise<TokenAnswer> {
  const audiences = audiencesFor(context, proved, asked)
  const values = await valuesForKey(context, proved.account)
  return context.database.transact(async (moment) => {
    const live = await lockLiveKey(moment, proved)
    requireScopes(context, live, asked)
    const token = { audiences, scope: asked.scope ?? null, values }
    const { accessToken, claims } = await issueForKey(context, moment, { live, token })
    return {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: Math.max(0, claims.exp - Math.floor(moment.now / 1000)),
      ...(claims.scope !== undefined && { scope: claims.scope }),
    }
  })
}

/** The audiences at which a key works. */
export function audiencesOfKey(
  context: Pick<IssuingForKey, 'settings'>,
  { audiences }: Pick<LiveKey['key'], 'audiences'>,
): readonly string[] {
  return audiences === null ? cookieAudiences(context) : (JSON.parse(audiences) as string[])
}

function audiencesFor(
  context: IssuingForKey,
  { key }: LiveKey,
  { audiences: asked }: AskedOfKey,
): readonly string[] {
  const own = audiencesOfKey(context, key)
  if (asked === undefined || asked.every((one) => own.includes(one))) return asked ?? own
  throw new OAuthRefusal(
    'invalid_target',
    `The key is for other audiences: use ${own.join(' or ')}.`,
  )
}

/** Refuses a scope that the key lacks, or that its owner has lost. No token has one of the service (H1). */
function requireScopes(
  context: IssuingForKey,
  { key, roles }: LiveKey,
  { scope: asked = [] }: AskedOfKey,
): void {
  const held = scopesStillHeld(context, roles, scopesOfKey(key))
  if (asked.every((one) => held.includes(one))) return
  throw new OAuthRefusal(
    'invalid_scope',
    held.length === 0
      ? 'The key has no scopes: leave the scope out.'
      : `The key lacks one of these scopes: use ${held.join(' ')}.`,
  )
}
