/** A page with streams, whose events a test reads. */
import { createAuth } from '@keyhaven/client'
import type { Auth, AuthEventSource, AuthSocket } from '@keyhaven/client'

/** What a test finds on the page. */
export interface StreamsPage {
  readonly auth: Auth
  /** Events of all streams: the name of the stream, the event, and what it said. */
  readonly reports: string[]
  /** Opens a stream under a name. @returns the refusal, if there is one. */
  events(name: string, url: string): Promise<string>
  socket(name: string, url: string): Promise<string>
  /** The stream of this name. */
  readonly streams: Record<string, AuthEventSource | AuthSocket>
}

const auth = createAuth({ origins: new URLSearchParams(location.search).getAll('origin') })
const page: StreamsPage = {
  auth,
  reports: [],
  streams: {},
  events: async (name, url) => {
    const result = await auth.eventSource(url)
    if (!result.ok) return result.error.detail
    const { source } = result
    page.streams[name] = source
    source.onopen = () => page.reports.push(`${name} open`)
    source.addEventListener('hello', (event) => {
      const { data, lastEventId } = event as MessageEvent<string>
      page.reports.push(`${name} hello ${data.replace('\n', '/')} ${lastEventId}`)
    })
    source.onerror = (event) => {
      const { error } = (event as CustomEvent<{ error?: { code: string } } | null>).detail ?? {}
      page.reports.push(`${name} ${error ? `over ${error.code}` : 'broken'}`)
    }
    return ''
  },
  socket: async (name, url) => {
    const result = await auth.webSocket(url)
    if (!result.ok) return result.error.detail
    const { socket } = result
    page.streams[name] = socket
    socket.onopen = () => page.reports.push(`${name} open`)
    socket.onmessage = ({ data }) => page.reports.push(`${name} says ${String(data)}`)
    socket.onclose = ({ code, reason }) => page.reports.push(`${name} close ${code} ${reason}`)
    return ''
  },
}
const show = (): void => {
  document.body.dataset['status'] = auth.state.status
}
auth.subscribe(show)
show()
Object.assign(globalThis, { page })
