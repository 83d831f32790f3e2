import type { ApiKeyView } from '@keyhaven/core/wire'
import type { FlowSettings } from '../model/flow-settings.ts'
import { scopesStillHeld } from '../model/token-basis.ts'
import type { ApiKey } from '../stores/credentials/api-keys.ts'
import { time } from './time.ts'

/** An API key without its secret, with the scopes that its owner, who has these roles, still holds. */
export function viewApiKey(
  context: { readonly settings: Pick<FlowSettings, 'access'> },
  key: ApiKey,
  roles: readonly string[],
): ApiKeyView {
  return {
    id: key.id,
    name: key.name,
    prefix: key.id,
    scope: scopesStillHeld(context, roles, listed(key.scope)),
    audience: listed(key.audiences),
    addresses: listed(key.addresses),
    createdAt: time(key.created_at),
    // Both are written at once when it is made
    lastUsedAt: key.last_used_at === key.created_at ? null : time(key.last_used_at),
    expiresAt: time(key.absolute_expires_at ?? 0),
  }
}

function listed(text: string | null): readonly string[] | null {
  return text === null ? null : (JSON.parse(text) as string[])
}
