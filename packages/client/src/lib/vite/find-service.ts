import { METADATA_PATH } from '@keyhaven/core/wire'
import { faultOf, notKeyhaven } from './faults.ts'
import type { Fault } from './faults.ts'
import { getJson } from './send.ts'
import type { Target } from './targets.ts'

/** Returns a check whether a target has a Keyhaven service, which is read until there is one. */
export function findService(): (target: Target) => Promise<Fault | undefined> {
  let reading: Promise<Fault | undefined> | undefined
  return async (target) => {
    if (!target.isService) return undefined
    reading ??= readMetadata(target)
    const fault = await reading
    if (fault !== undefined) reading = undefined
    return fault
  }
}

async function readMetadata(target: Target): Promise<Fault | undefined> {
  try {
    const { status, body } = await getJson(target.origin, target.path + METADATA_PATH)
    // A service that fails just now explains that itself
    const isOurs = status === 200 ? isMetadata(body) : status >= 500 && isProblem(body)
    return isOurs ? undefined : notKeyhaven(target, status)
  } catch (error) {
    return faultOf(target, error)
  }
}

function isMetadata(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'keyhaven_cookie' in body
}

/** Another Vite server has passed the request on, and could not; or the service could not answer. */
function isProblem(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'code' in body
}
