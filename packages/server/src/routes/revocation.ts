import { none } from '../config/limits.ts'
import { getRevocations } from '../endpoints/revocation/get-revocations.ts'
import { postApplied } from '../endpoints/revocation/post-applied.ts'
import { route } from '../http/route.ts'

const applied = none('It is kept in memory, and written once a second for all guards.')

/** Routes of the feed: method and path, who may call and how often, endpoint. */
export const revocationRoutes = [
  route('GET /revocations', { who: 'guard', limit: 'guardStreams' }, getRevocations),
  route('POST /revocations/applied', { who: 'guard', limit: applied }, postApplied),
]
