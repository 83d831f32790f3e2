import { parseNetwork } from '@keyhaven/guard/kit'
import type { Network } from '@keyhaven/guard/kit'
import { list } from '../parse.ts'

/** A private place that the service may call: a host with a port, or a network. */
export type AllowedPlace = { readonly place: string } | { readonly network: Network }

/** Hosts with ports, addresses and networks, separated by commas. */
export function allowedPlaces(text: string): readonly AllowedPlace[] {
  return list(text).map((one) => {
    const network = parseNetwork(one)
    if (network !== undefined) return { network }
    const url = URL.parse(`https://${one}`)
    const port = /:(\d+)$/.exec(one)?.[1]
    if (url === null || port === undefined || `${url.hostname}:${port}` !== one.toLowerCase()) {
      throw new Error(
        `must list places such as ranges.internal:8443 or 10.0.0.0/8; '${one}' is not one`,
      )
    }
    return { place: one.toLowerCase() }
  })
}
