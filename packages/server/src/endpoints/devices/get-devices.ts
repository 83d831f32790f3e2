import { listDevices } from '../../flows/devices/list.ts'
import { listAnswer } from '../../http/bodies/query.ts'
import { deviceCookiesOf } from '../../http/cookies/cookies.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { devicesAnswer } from './schemas.ts'

/** Lists the browsers that the caller has signed in with: at most 50, in one page. */
export const getDevices = guardedEndpoint({
  summary: 'The browsers that I have signed in with, last used first.',
  answers: { 200: devicesAnswer },
  handle: async ({ context, site, request, caller }) => {
    const cookies = deviceCookiesOf(site, request)
    const items = await listDevices(context.database, caller.account.id, cookies)
    return listAnswer({ items, next: null })
  },
})
