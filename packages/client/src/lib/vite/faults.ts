import type { Target } from './targets.ts'

/** Why a request could not be passed on. Programs compare it; a page gets it as `reason`. */
export type FaultReason =
  | 'nothing_listens'
  | 'unknown_host'
  | 'no_answer'
  | 'other_scheme'
  | 'certificate'
  | 'not_keyhaven'
  | 'loop'
  | 'connection_lost'

/** A fault of a target, as one line for the terminal and the page: the fact, then what to do. */
export interface Fault {
  readonly reason: FaultReason
  readonly line: string
}

/** An error of this code: the target has accepted no connection in time. */
export const TIMED_OUT = 'KEYHAVEN_TIMED_OUT'

const option = ({ isService }: Target): string => (isService ? 'url' : 'paths')

/** The fault behind an error of a connection. */
export function faultOf(target: Target, error: unknown): Fault {
  const { origin, path } = target
  const code = codeOf(error)
  const where = `${origin}, to which Vite passes ${path}`
  const correct = `correct ${option(target)} in keyhaven() of the Vite configuration`
  if (code === 'ECONNREFUSED') {
    const line = `Nothing listens at ${where}. Start ${target.isService ? 'the service' : 'your API'} there, or ${correct}.`
    return { reason: 'nothing_listens', line }
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return { reason: 'unknown_host', line: `There is no host for ${where}: ${correct}.` }
  }
  if (/^(KEYHAVEN_TIMED_OUT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/.test(code)) {
    return {
      reason: 'no_answer',
      line: `No answer came from ${where}. Start it anew, or ${correct}.`,
    }
  }
  if (code === 'EPROTO' || code.startsWith('HPE_') || code.startsWith('ERR_SSL')) {
    const [now, then] = origin.startsWith('https:') ? ['https', 'http'] : ['http', 'https']
    return {
      reason: 'other_scheme',
      line: `${where}, does not serve ${now}: write ${then}:// in ${option(target)} of keyhaven() in the Vite configuration.`,
    }
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(code)) {
    return {
      reason: 'certificate',
      line: `The certificate of ${where}, is not trusted (${code}): start Vite with NODE_EXTRA_CA_CERTS set to the file of its authority.`,
    }
  }
  return {
    reason: 'connection_lost',
    line: `The connection to ${where}, ended without an answer (${code}). Look at the output of ${target.isService ? 'the service' : 'your API'}; if it serves ${origin.startsWith('https:') ? 'http' : 'https'}, ${correct}.`,
  }
}

/** The fault of a service's host that answers as something else. */
export function notKeyhaven({ origin, path }: Target, status: number): Fault {
  return {
    reason: 'not_keyhaven',
    line: `${origin} answers, but there is no Keyhaven service at ${origin}${path} (status ${status}). Mount it there with auth.express(), or write the URL that createKeyhaven has in url of keyhaven() in the Vite configuration.`,
  }
}

/** The fault of a request that comes back to the server that has passed it on. */
export function loop(target: Target): Fault {
  return {
    reason: 'loop',
    line: `${target.origin}, to which Vite passes ${target.path}, is this Vite server itself: write the address of ${target.isService ? 'the service' : 'your API'} in ${option(target)} of keyhaven() in the Vite configuration.`,
  }
}

/** The media type of {@link problemOf}. */
export const PROBLEM = 'application/problem+json; charset=utf-8'

/** The body that a page gets: a problem (RFC 9457) with a code that the client knows. */
export function problemOf({ reason, line }: Fault): string {
  return JSON.stringify({
    type: 'about:blank',
    title: 'The development server can’t pass the request on',
    status: 502,
    code: 'unavailable',
    reason,
    detail: line,
  })
}

/** Both addresses of `localhost` may have refused: then the error has an error for each. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if ('code' in error && typeof error.code === 'string') return error.code
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : []
  return first === undefined ? error.message : codeOf(first)
}
