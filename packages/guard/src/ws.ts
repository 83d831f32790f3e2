import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { AnyAccess, ScopeWithoutRule } from '@keyhaven/core/access'
import { checkOptions, duration, option } from '@keyhaven/core/errors'
import { refusalOf } from './index.ts'
import type { Guard, Refusal, Settled } from './index.ts'
import { checkGuard } from './lib/guard-options.ts'
import { concealTicket } from './lib/adapters/conceal-ticket.ts'
import { rememberRequestAuth } from './lib/adapters/request-auth.ts'
import { logFailure } from './lib/adapters/log-failure.ts'
import { guardRequest } from './lib/checks/request.ts'
import { checkScope, hasRule } from './lib/checks/scope.ts'
import { stepUpOf, within } from './lib/checks/step-up.ts'
import { respondToUpgrade } from './lib/adapters/upgrade-response.ts'
import { closeWebSocket } from './lib/adapters/web-socket.ts'
import type { SocketServer } from './lib/adapters/web-socket.ts'

export { authOf } from './lib/adapters/request-auth.ts'
export { CLOSE_CODE } from './lib/adapters/web-socket.ts'
export type { OpenSocket, SocketServer } from './lib/adapters/web-socket.ts'

/** Requirements of a web socket beyond a good credential. */
export interface WsOptions<A extends AnyAccess = AnyAccess> {
  readonly scope?: ScopeWithoutRule<A>
  /** How old the user's last proof of identity may be when the socket is opened, as `90s`, `5m` or `1h`. */
  readonly within?: string
}

/** Listener for `upgrade` of a `node:http` server. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/**
 * Guards a `WebSocketServer` of `ws` that was made with `noServer: true`. Admits known senders, and cookies only
 * from pages of allowed origins. Closes a socket with 4401 when its token or session is revoked. Call `authOf`
 * with the request of the event `connection`.
 * @throws TypeError with a sentence for malformed options.
 */
export function wsGuard<A extends AnyAccess>(
  guard: Guard<A>,
  server: SocketServer,
  options: WsOptions<A> = {},
): UpgradeListener {
  checkWsGuard(guard, server, options)
  const { scope } = options
  const maxAge = options.within === undefined ? undefined : duration(options.within)
  return (request, socket, head) => {
    // A client that disconnects now must not end the process
    socket.on('error', () => socket.destroy())
    const { method = 'GET', url = '/' } = request
    const checked = guardRequest(request, { method, url })
    concealTicket(request)
    const refuse = (refused: Refusal): void => {
      guard.noteRefused(checked, refused)
      respondToUpgrade(socket, refused)
    }
    const go = (settled: Settled<A>): void => {
      if (!settled.ok) return refuse(settled.refused)
      const { auth } = settled
      const refused =
        (scope && refusalOf(guard, auth, { scope, resource: [] })) ??
        (maxAge === undefined ? undefined : stepUpOf(guard, auth, maxAge))
      if (refused) return refuse(refused)
      rememberRequestAuth(request, guard, auth)
      server.handleUpgrade(request, socket, head, (client) => {
        closeWebSocket(client, auth)
        server.emit('connection', client, request)
      })
    }
    const settled = guard.settle(checked, false)
    // A listener for `connection` that throws must not end the process
    const attempt = (one: Settled<A>): void => {
      try {
        go(one)
      } catch (error) {
        logFailure(guard, 'a web socket failed when it was opened', error)
        socket.destroy()
      }
    }
    if (settled instanceof Promise) void settled.then(attempt)
    else attempt(settled)
  }
}

function checkWsGuard(guard: Guard, server: unknown, options: { readonly scope?: unknown }): void {
  checkGuard('wsGuard', guard)
  checkOptions('wsGuard', options, { scope: option.anything, within })
  if (options.scope !== undefined) checkScope(guard, options.scope)
  if (typeof options.scope === 'string' && hasRule(guard, options.scope)) {
    throw new TypeError(
      `wsGuard: '${options.scope}' has a rule, and a web socket has no resource for it: name a scope without a rule.`,
    )
  }
  const { handleUpgrade, emit } = (server ?? {}) as Record<string, unknown>
  if (typeof handleUpgrade === 'function' && typeof emit === 'function') return
  throw new TypeError(
    'wsGuard: the second argument must be a WebSocketServer of ws, made with noServer: true.',
  )
}
