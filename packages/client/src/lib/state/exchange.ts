import { XSRF_HEADER } from '@keyhaven/core/wire'
import { callService } from '../calls/call-service.ts'
import type { ServiceCall } from '../calls/call-service.ts'
import type { Reply } from '../calls/results.ts'
import type { Runtime } from '../runtime.ts'
import { takeTurn } from '../tabs/take-turns.ts'
import type { Wishes } from '../tabs/wishes.ts'
import type { Event } from './events.ts'
import type { Question } from './known.ts'
import type { Store } from './store.ts'

/** The page's requests to the service, one after the other. */
export interface Exchange {
  /** Calls the service as the person of this page. */
  readonly send: (call: ServiceCall) => Promise<Reply>
  /** Sends a question of the store, and dispatches its reply. */
  readonly run: (question: Question) => void
  /** The last reply, also to a question that is still open. */
  readonly answer: () => Promise<Reply>
  /** Dispatches an event that sends a question or a sign-out. Simultaneous callers share one. */
  readonly ask: (event: Event) => Promise<Reply>
  /** Runs `work` while no other tab calls the service for all of them. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
  /** Begins a sign-in, after all that began before: each answer may replace the cookie of the others. */
  readonly begin: (call: ServiceCall) => Promise<Reply>
  /** Signs in. During a sign-out it waits for the answer, which would remove the new cookies. */
  readonly enter: (call: ServiceCall) => Promise<Entry>
}

/** The answer to a sign-in, and when it was sent on the page's clock. */
export interface Entry {
  readonly reply: Reply
  readonly sentAt: number
}

/** The service, the store, and the other tabs. */
export interface ExchangeOptions {
  readonly runtime: Required<Runtime>
  /** The URL of the service, without a slash at the end. */
  readonly href: string
  /** The name of the channel, from which the names of locks are made. */
  readonly name: string
  /** The boot call, which is the first question's. */
  readonly boot: Promise<Reply> | undefined
  readonly store: Store
  readonly wishes: Wishes
  /** When another tab last sent a message. */
  readonly receivedAt: () => number
}

const paths: Readonly<Record<Question['method'], string>> = {
  GET: '/user/current',
  POST: '/sessions/current/renew',
  DELETE: '/sessions/current',
}

/** Creates the requests of one page. */
export function createExchange(options: ExchangeOptions): Exchange {
  const { runtime, href, name, store, wishes, receivedAt } = options
  let { boot } = options
  let answer: Promise<Reply> = Promise.resolve(undefined)
  let hasTurn = false
  let begun: Promise<Reply> | undefined

  const send = (call: ServiceCall): Promise<Reply> => {
    const { view } = store.known
    return callService({ runtime, href }, call, view && { [XSRF_HEADER]: view.xsrfToken })
  }
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const work = (): Promise<T> => {
      hasTurn = true
      return run().finally(() => {
        hasTurn = false
      })
    }
    return takeTurn({ runtime, name: `${name} ask`, receivedAt, work })
  }
  return {
    send,
    inTurn,
    answer: () => answer,
    run: (question) => {
      const { method, background } = question
      const call = boot ?? send({ method, path: paths[method], background })
      boot = undefined
      answer = call.then((reply) => {
        const mine = answer
        // Another page may have signed out, and been closed, while this one waited
        store.dispatch({ type: 'reply', to: question, reply, wishes: wishes.all() })
        if (answer === mine) return reply
        // The reply has led to another call. The answer to a refused sign-out is the refusal
        return store.known.question?.stays ? answer.then(() => reply) : answer
      })
      const all = answer
      // The answer to a sign-out removes cookies, so no other tab may sign in before it
      if (method === 'DELETE' && !hasTurn) void inTurn(() => all)
    },
    ask: (event) => {
      store.dispatch(event)
      return answer
    },
    begin: (call) => {
      const mine = Promise.resolve(begun).then(() => send(call))
      begun = mine
      return mine.finally(() => {
        if (begun === mine) begun = undefined
      })
    },
    enter: async (call) => {
      const sign = async (): Promise<Entry> => {
        const sentAt = runtime.now()
        return { reply: await send(call), sentAt }
      }
      if (begun) await begun
      // Another tab may have signed out while this one waited
      if (!store.known.state.leaving) return sign()
      return inTurn(async () => {
        await answer
        return sign()
      })
    },
  }
}
