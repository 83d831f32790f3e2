import type { TokenAnswer } from '@keyhaven/core/wire'
import { requireKind } from '../../../http/oauth/oauth-endpoint.ts'
import type { ClientKind, ClientOf } from '../../../http/oauth/client.ts'
import type { TokenCall } from '../token-form.ts'

/** One way to get a token: who may use it, and what it answers. */
export interface Grant {
  readonly clients: readonly ClientKind[]
  readonly answer: (call: TokenCall) => Promise<TokenAnswer>
}

/** A grant for clients of these kinds. Others are refused before `answer` is called. */
export function grantFor<K extends ClientKind>(
  clients: readonly K[],
  answer: (call: TokenCall<ClientOf<K>>) => Promise<TokenAnswer>,
): Grant {
  return {
    clients,
    answer: (call) => {
      const { client } = call
      requireKind(clients, client)
      return answer({ ...call, client })
    },
  }
}
