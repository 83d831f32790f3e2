import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { loop } from './faults.ts'
import type { Fault } from './faults.ts'
import { findService } from './find-service.ts'
import { forward, refuse } from './forward.ts'
import { PASSED_BY } from './headers.ts'
import { joinSockets, refuseSocket } from './join-sockets.ts'
import type { Passed } from './passed.ts'
import { targetOf } from './targets.ts'
import type { Target } from './targets.ts'

/** What the plugin uses of Vite's development server, and of its preview server. */
export interface ProxiedServer {
  readonly middlewares: {
    use(
      handle: (request: IncomingMessage, response: ServerResponse, next: () => void) => void,
    ): unknown
  }
  /** Null if Vite is a part of another server: then web sockets are that server's. */
  readonly httpServer: {
    on(
      event: 'upgrade',
      listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
    ): unknown
  } | null
  readonly config: {
    readonly logger: { error(line: string, options: { readonly timestamp: boolean }): void }
  }
}

/** Returns what passes requests of a server on, before Vite reads their paths as those of files. */
export function createProxy(targets: readonly Target[]): (server: ProxiedServer) => void {
  const id = randomUUID()
  const serviceIsThere = findService()
  return ({ middlewares, httpServer, config }) => {
    const lines = new Map<Target, string>()
    const report = (target: Target, { line }: Fault): void => {
      // A page repeats its calls; the line stays in the terminal until the target answers again
      if (lines.get(target) !== line) config.logger.error(`keyhaven: ${line}`, { timestamp: true })
      lines.set(target, line)
    }
    /** Answers what can't be passed on, before it is sent. */
    const admit = async ({ request, target, failed }: Passed): Promise<boolean> => {
      const isOwn = request.headers[PASSED_BY]?.toString().includes(id) ?? false
      const fault = isOwn ? loop(target) : await serviceIsThere(target)
      if (fault !== undefined) failed(fault)
      return fault === undefined
    }
    const passedOn = (
      request: IncomingMessage,
      target: Target,
      refuse: (fault: Fault) => void,
    ): Passed => ({
      request,
      target,
      id,
      failed: (fault) => {
        report(target, fault)
        refuse(fault)
      },
      succeeded: () => lines.delete(target),
    })
    middlewares.use((request, response, next) => {
      const target = targetOf(targets, request.url)
      if (target === undefined) return next()
      const passed = passedOn(request, target, (fault) => refuse(response, fault))
      void admit(passed).then((admitted) => admitted && forward(passed, response))
    })
    httpServer?.on('upgrade', (request, socket, head) => {
      const target = targetOf(targets, request.url)
      if (target === undefined) return
      socket.on('error', () => socket.destroy())
      const passed = passedOn(request, target, (fault) => refuseSocket(socket, fault))
      void admit(passed).then((admitted) => admitted && joinSockets(passed, { socket, head }))
    })
  }
}
