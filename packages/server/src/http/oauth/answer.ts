import { networkOf } from '@keyhaven/guard/kit'
import type { ClientLimit } from '../../config/clients/client-rules.ts'
import { CROWD } from '../../config/limits.ts'
import type { Actor } from '../../events/happened.ts'
import type { Context } from '../../flows/context.ts'
import { localeOfHeader } from '../../mail/locale.ts'
import { requireFit } from '../answers/fit.ts'
import { readForm } from '../bodies/form.ts'
import type { CallLimits } from '../callers/call-limits.ts'
import type { Answer } from '../endpoint.ts'
import type { Route } from '../route.ts'
import type { ServiceRequest } from '../service-request.ts'
import type { Site } from '../site.ts'
import { authenticateClient } from './authenticate.ts'
import type { OAuthClient } from './client.ts'
import type { OAuthEndpoint } from './oauth-endpoint.ts'

/** What the answer is made with. */
export interface OAuthParts {
  readonly context: Context
  readonly site: Site
  readonly limits: CallLimits
}

/** A row whose caller is an OAuth client. */
export type OAuthRoute = Route & { readonly endpoint: OAuthEndpoint }

/** Answers the call of an OAuth client: counts it, reads its form, authenticates it. */
export async function answerClient(
  { context, site, limits }: OAuthParts,
  row: OAuthRoute,
  request: ServiceRequest,
): Promise<Answer> {
  const { address } = request.transport
  const network = address === undefined ? '' : networkOf(address)
  limits.count('clients', network, address === undefined ? CROWD : 1)
  const body = await readForm(request, row.endpoint.body)
  const client = await authenticateClient(context, { site, request }, body)
  // A public client is all users of an app
  if (client.kind === 'key' || client.kind === 'guard') {
    limits.count(row.limit as ClientLimit, client.id)
  }
  const locale = localeOfHeader([request.header('accept-language') ?? ''].flat().join(','))
  const actor: Actor = { ...actorOf(client), address, locale }
  const { query } = request
  const call = { context, site, request, body, path: {}, query, client, actor }
  const answered = await row.endpoint.answerTo(call)
  if (site.checksAnswers) requireFit(row, answered)
  return answered
}

/** A client as the audit log names it. */
function actorOf(client: OAuthClient): Pick<Actor, 'accountId'> {
  return client.kind === 'key' ? { accountId: client.account.id } : {}
}
