import type * as z from 'zod'
import { invalidClient, OAuthRefusal } from '../../model/oauth-refusal.ts'
import type { Answer, Call, Description, Endpoint } from '../endpoint.ts'
import type { ClientParameters } from './authenticate.ts'
import type { ClientKind, ClientOf, OAuthClient } from './client.ts'

/** What an OAuth endpoint gets: the checked form and the client. */
export type OAuthCall<B = unknown, C = OAuthClient> = Omit<Call<B>, 'caller' | 'isBearer'> & {
  readonly client: C
}

/** An endpoint whose body is a form, and whose refusals are those of RFC 6749 §5.2. */
export type OAuthEndpoint = Endpoint & {
  readonly body: z.ZodType<ClientParameters>
  readonly clients: readonly ClientKind[]
  readonly answerTo: (call: OAuthCall) => Promise<Answer> | Answer
}

/** An endpoint for OAuth clients of these kinds; its row must state `client`. */
export function oauthEndpoint<S extends z.ZodType<ClientParameters>, K extends ClientKind>(
  one: Description & {
    readonly body: S
    readonly clients: readonly K[]
    readonly handle: (call: OAuthCall<z.output<S>, ClientOf<K>>) => Promise<Answer> | Answer
  },
): OAuthEndpoint {
  const { handle, ...rest } = one
  return {
    ...rest,
    handle: () => {
      throw new Error('an OAuth endpoint is called with a client')
    },
    answerTo: (call) => {
      const { client } = call
      requireKind(one.clients, client)
      return handle({ ...call, client } as OAuthCall<z.output<S>, ClientOf<K>>)
    },
  }
}

/** Whether an endpoint is one for OAuth clients. */
export function isOAuth(endpoint: Endpoint): endpoint is OAuthEndpoint {
  return 'answerTo' in endpoint
}

/**
 * Refuses a client of another kind.
 * @throws OAuthRefusal `invalid_client` without a client, else `unauthorized_client`.
 */
export function requireKind<K extends ClientKind>(
  kinds: readonly K[],
  client: OAuthClient,
): asserts client is ClientOf<K> {
  if (kinds.some((kind) => kind === client.kind)) return
  if (client.kind === 'none') throw invalidClient()
  throw new OAuthRefusal(
    'unauthorized_client',
    'This client may not do that: the API description names the clients that may.',
  )
}
