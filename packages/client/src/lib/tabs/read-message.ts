import { viewIn } from '../calls/results.ts'
import type { Message } from '../state/events.ts'

/**
 * What another tab has sent, frozen as an answer of the service is; `undefined` if it is no message of
 * ours. Any script of the origin can send on the channel: it must not stop the page, or make it spin.
 */
export function readMessage(data: unknown): Message | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  return isMessage(freeze(data)) ? (data as Message) : undefined
}

/** In the order in which a message is looked at. */
function isMessage(data: object): boolean {
  const { gone, reason, leave, down, firm } = data as Readonly<Record<string, unknown>>
  if ('view' in data) return isView(data.view)
  if ('gone' in data) return isText(reason) && (gone === undefined || isText(gone))
  return isText(leave) || (Number.isFinite(down) && typeof firm === 'boolean')
}

function isView(body: unknown): boolean {
  const view = viewIn({ status: 200, body })
  if (!view || ![view.scope, view.roles].every(Array.isArray)) return false
  return [view.account.id, view.session.id, view.session.createdAt].every(isText)
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length < 200
}

function freeze<T extends object>(value: T): T {
  if (Object.isFrozen(value)) return value
  for (const part of Object.values(Object.freeze(value))) {
    if (typeof part === 'object' && part !== null) freeze(part as object)
  }
  return value
}
