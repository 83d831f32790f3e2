import { viewIn } from '../calls/results.ts'
import type { Message } from '../state/events.ts'

/**
 * A message of another tab, frozen as an answer of the service is; `undefined` if it is malformed. Any script of
 * the origin can post on the channel: it must neither stop the page nor make it loop.
 */
export function readMessage(data: unknown): Message | undefined {
  try {
    // Throws for what no answer of the service has: cycles, big integers, endless nesting
    JSON.stringify(data)
    return isMessage(freeze(data as object)) ? (data as Message) : undefined
  } catch {
    return undefined
  }
}

/** Checks the members in the order in which the page reads them. */
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
