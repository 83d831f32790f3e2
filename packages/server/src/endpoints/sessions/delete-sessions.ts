import { endSomeSessions } from '../../flows/sessions/end-some.ts'
import { clearedCookies } from '../../http/cookies/cookies.ts'
import { endsEverything } from '../../http/bodies/ending.ts'
import { judgingEndpoint } from '../../http/endpoint.ts'
import { readQuery, refusedParameter } from '../../http/bodies/query.ts'
import { scopesNow } from '../../http/callers/scope.ts'

/** Ends the caller's other sessions; with `?include=current` or `?everything=true` this one too. */
export const deleteSessions = judgingEndpoint({
  summary:
    'End my other sessions; with include=current also this one, with everything=true everything issued for my account.',
  answers: { 204: undefined },
  query: ['include', 'everything'],
  // A new era ends more than sessions (H36)
  needsProof: ({ query }) => endsEverything(readQuery(query, ['include', 'everything'])),
  handle: async ({ context, site, request, query, caller, actor }) => {
    const { include, ...parameters } = readQuery(query, ['include', 'everything'])
    if (include !== undefined && include !== 'current') {
      throw refusedParameter('include', 'Use current, or leave it out.')
    }
    const everything = endsEverything(parameters)
    const keep = include === 'current' || everything ? undefined : caller.session.id
    const accountId = caller.account.id
    const held = scopesNow(context, caller)
    await endSomeSessions(context, { accountId, held, keep, everything }, actor)
    const leaves = keep === undefined && caller.by === 'cookie'
    return { status: 204, cookies: leaves ? clearedCookies(site, request) : [] }
  },
})
