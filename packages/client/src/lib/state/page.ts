import { XSRF_HEADER } from '@keyhaven/core/wire'
import { callService } from '../calls/call-service.ts'
import type { ServiceCall } from '../calls/call-service.ts'
import type { Reply } from '../calls/results.ts'
import type { FirstAnswer } from './first-answer.ts'
import type { Listeners } from './listeners.ts'
import type { Runtime } from '../runtime.ts'
import type { Event } from './events.ts'
import { nothingKnown } from './known.ts'
import type { Known, Question } from './known.ts'
import { FRESH, isRefused, mayAsk } from './schedule.ts'
import { createStore } from './store.ts'
import type { Store } from './store.ts'
import { createLeader } from '../tabs/leader.ts'
import { readMessage } from '../tabs/read-message.ts'
import { takeTurn } from '../tabs/take-turns.ts'

/** One page among the tabs of its browser: it runs what the events of its store lead to. */
export interface Page {
  readonly store: Store
  /** The account of the last view: also of a person who is not shown yet on a page that came back. */
  readonly who: () => string | undefined
  /** Joins the other tabs, and takes over what the page knows. */
  readonly start: () => void
  /** Calls the service as the person of this page. */
  readonly send: (call: ServiceCall) => Promise<Reply>
  /** The last reply, also to a question that is under way. */
  readonly answer: () => Promise<Reply>
  /** Sends a question or a sign-out; callers at the same time share one. */
  readonly ask: (event: Event) => Promise<Reply>
  /**
   * Asks once for all tabs, and not while the last answer stands. Against a request that was sent after
   * that answer and refused by an API it does not stand, but once in 5 s. Whether the person is known.
   */
  readonly recheck: (sentAt?: number) => Promise<boolean>
  /** Signs in: while a sign-out is under way, after it, because its answer would take the new cookies away. */
  readonly enter: (call: ServiceCall) => Promise<Entry>
}

/** The answer to a sign-in, and when it was sent on the page's clock. */
export interface Entry {
  readonly reply: Reply
  readonly sentAt: number
}

export interface PageOptions {
  readonly runtime: Required<Runtime>
  /** The service, without a slash at the end. */
  readonly href: string
  /** Of the channel and the locks. */
  readonly name: string
  /** Of what the browser remembers. */
  readonly wishName: string
  /** Seconds. */
  readonly warnBefore: number
  readonly listeners: Listeners
  /** What the page knows already. */
  readonly first: FirstAnswer
}

/** Sign-outs that the browser remembers at once. */
const WISHES = 5

const paths: Readonly<Record<Question['method'], string>> = {
  GET: '/user/current',
  POST: '/sessions/current/renew',
  DELETE: '/sessions/current',
}

export function createPage(options: PageOptions): Page {
  const { runtime, href, name, wishName, listeners, first } = options
  let boot = first.call
  let answer: Promise<Reply> = Promise.resolve(undefined)
  let checking: Promise<void> | undefined
  let hasTurn = false
  let receivedAt = -Infinity
  let closeStream = (): void => {}

  const store = createStore({
    runtime,
    listeners,
    known: nothingKnown(options.warnBefore * 1000, first),
    isAsking: () => !!checking,
    run: (effects, before) => {
      const { stream } = store.known
      if (effects.post) post(effects.post)
      remember(before)
      if (stream !== before.stream) {
        closeStream()
        if (stream) closeStream = listen()
      }
      if (effects.lead !== undefined) seek(effects.lead)
      if (effects.call) exchange(effects.call)
      if (effects.recheck) void recheck()
    },
  })
  const { dispatch } = store
  const listen = (): (() => void) =>
    runtime.listen(`${href}/sessions/current/events`, (event) =>
      dispatch({ type: 'stream', event }),
    )
  const seek = createLeader(runtime, `${name} lead`, () => dispatch({ type: 'leads' }))
  /** Sessions that were left, in any tab, and that the service may still think are in use. */
  const wishes = (): readonly string[] =>
    (runtime.remember(wishName) ?? '')
      .split(' ')
      .filter((id) => id !== '')
      .slice(-WISHES)
  const remember = (before: Known): void => {
    const { leaving, kept } = store.known
    // An application may clear the storage when its person leaves
    if (kept && (kept !== before.kept || !wishes().includes(kept))) {
      const others = wishes().filter((id) => id !== kept)
      runtime.remember(wishName, [...others.slice(1 - WISHES), kept].join(' '))
    }
    if (leaving || !before.leaving || runtime.remember(wishName) === null) return
    // What other tabs have written stays
    const others = wishes().filter((id) => id !== before.leaving)
    runtime.remember(wishName, others.join(' ') || null)
  }
  const send = (call: ServiceCall): Promise<Reply> => {
    const { view } = store.known
    return callService(runtime, href, call, view && { [XSRF_HEADER]: view.xsrfToken })
  }
  const exchange = (question: Question): void => {
    const { method, background } = question
    const call = boot ?? send({ method, path: paths[method], background })
    boot = undefined
    answer = call.then((reply) => {
      const mine = answer
      // Another page may have left, and been closed, while this one waited
      dispatch({ type: 'reply', to: question, reply, wishes: wishes() })
      if (answer === mine) return reply
      // The reply has led to another call. To a sign-out that is refused, the refusal is the answer
      return store.known.question?.stays ? answer.then(() => reply) : answer
    })
    const all = answer
    // Its answer takes cookies away: no other tab signs in before it
    if (method === 'DELETE' && !hasTurn) void takesTurn(() => all)
  }
  const takesTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const work = (): Promise<T> => {
      hasTurn = true
      return run().finally(() => {
        hasTurn = false
      })
    }
    return takeTurn({ runtime, name: `${name} ask`, receivedAt: () => receivedAt, work })
  }
  const ask = (event: Event): Promise<Reply> => {
    dispatch(event)
    return answer
  }
  const recheck = async (sentAt = -Infinity): Promise<boolean> => {
    const may = (): boolean => mayAsk(store.known, runtime.now(), sentAt)
    if (store.known.question) await answer
    else if (may()) {
      await (checking ??= takesTurn(async () => {
        // Another tab may have asked while this one waited
        if (!may()) return
        const afterRefusal = isRefused(store.known, runtime.now(), sentAt)
        await ask({ type: 'ask', afterRefusal })
      }).finally(() => {
        checking = undefined
        store.arm()
      }))
    }
    return !store.known.failing && store.known.state.status === 'signed-in'
  }
  const enter = (call: ServiceCall): Promise<Entry> => {
    const sign = async (): Promise<Entry> => {
      const sentAt = runtime.now()
      return { reply: await send(call), sentAt }
    }
    if (!store.known.state.leaving) return sign()
    return takesTurn(async () => {
      await answer
      return sign()
    })
  }

  const post = runtime.join(name, (data) => {
    const message = readMessage(data)
    if (!message) return
    receivedAt = runtime.now()
    dispatch({ type: 'message', message })
  })
  const who = (): string | undefined => store.known.view?.account.id
  return { store, who, start, send, answer: () => answer, ask, recheck, enter }

  function start(): void {
    runtime.watch((type) => {
      const { active, failing, state } = store.known
      if (type !== 'acted') dispatch({ type, wishes: wishes() })
      else if (!active || failing || state.leaving) dispatch({ type })
    })
    // The person has left before this ran; a browser without storage does not remember it
    const left = first.state.leaving && first.view ? [first.view.session.id] : []
    dispatch({ type: 'start', wishes: [...wishes(), ...left] })
    adopt()
  }

  /** Takes over the boot call, or what came of it, as if this page had asked. */
  function adopt(): void {
    if (!first.call || store.known.state.leaving) return
    dispatch({ type: 'ask' })
    const { question } = store.known
    if (first.at === undefined || !question) return
    dispatch({ type: 'reply', to: question, reply: first.reply })
    // The page stood still meanwhile
    if (runtime.now() - first.at > FRESH) dispatch({ type: 'restored' })
  }
}
