import type { StreamActs } from './open-stream.ts'
import type { StreamTools } from './stream-tools.ts'

/** Creates the acts that open streams. */
export function streamActs(tools: StreamTools): StreamActs {
  return {
    eventSource: async (url, options) => {
      const { openEventSource } = await import('./event-source.ts')
      return openEventSource(tools, url, options)
    },
    webSocket: async (url, options) => {
      const { openSocket } = await import('./socket.ts')
      return openSocket(tools, url, options)
    },
  }
}
