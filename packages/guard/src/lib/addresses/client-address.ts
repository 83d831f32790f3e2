import type { GuardRequest } from '../checks/request.ts'
import { parseAddress } from './address.ts'
import type { Address } from './address.ts'
import { clientBehind, isProxyOf } from './forwarded.ts'

/** Finds the client's address of a request; `undefined` if it is not known. */
export type ClientAddress = (request: GuardRequest) => Address | undefined

/** Reads `X-Forwarded-For` only if a trusted proxy sent it, because others can forge it (HTTP-3). */
export function createClientAddress(trusted: readonly string[]): ClientAddress {
  const isProxy = isProxyOf(trusted)
  return (request) => {
    const peer = parseAddress(request.peer?.() ?? '')
    if (peer === undefined || !isProxy(peer)) return peer
    const sent = request.header('x-forwarded-for')
    const headers = { for: sent === undefined ? undefined : String(sent), proto: undefined }
    return clientBehind(peer, headers, isProxy).address
  }
}
