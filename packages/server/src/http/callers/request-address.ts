import { createClientAddress, parseAddress } from '@keyhaven/guard/kit'
import type { KeySource } from '@keyhaven/guard/kit'
import type { ServiceRequest } from '../service-request.ts'

/** Finds the client's address for the guard in this process; a fetch-style host has passed it, if at all. */
export function requestAddress(trustProxy: readonly string[]): KeySource['addressOf'] {
  const clientAddress = createClientAddress(trustProxy)
  return (request) => {
    const { transport } = request as Partial<ServiceRequest>
    return transport === undefined ? clientAddress(request) : parseAddress(transport.address ?? '')
  }
}
