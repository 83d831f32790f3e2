import type { FirstAnswer } from './first-answer.ts'
import type { Listeners } from './listeners.ts'
import type { Runtime } from '../runtime.ts'
import { createExchange } from './exchange.ts'
import type { Exchange } from './exchange.ts'
import { nothingKnown } from './known.ts'
import { createRecheck } from './recheck.ts'
import type { Recheck } from './recheck.ts'
import { FRESH } from './schedule.ts'
import { createStore } from './store.ts'
import type { Store } from './store.ts'
import { createLeader } from '../tabs/leader.ts'
import { readMessage } from '../tabs/read-message.ts'
import { createWishes } from '../tabs/wishes.ts'
import type { Wishes } from '../tabs/wishes.ts'

/** One page among the tabs of its browser: it runs the effects of its store's events. */
export interface Page
  extends Pick<Exchange, 'send' | 'answer' | 'ask' | 'inTurn' | 'begin' | 'enter'>,
    Pick<Recheck, 'recheck'> {
  readonly store: Store
  /** The id of the last view's account, also of a person who is not shown yet on a restored page. */
  readonly who: () => string | undefined
  /** The URL that relative addresses are resolved against. */
  readonly base: () => string
  /** Joins the other tabs, and adopts the boot call. */
  readonly start: () => void
}

/** The service, the browser, and the page's first answer. */
export interface PageOptions {
  readonly runtime: Required<Runtime>
  /** The URL of the service, without a slash at the end. */
  readonly href: string
  /** The name of the channel, from which the names of locks are made. */
  readonly name: string
  /** The name under which the browser remembers sign-outs. */
  readonly wishName: string
  /** Seconds. */
  readonly warnBefore: number
  readonly listeners: Listeners
  /** The knowledge of the page before its engine ran. */
  readonly first: FirstAnswer
}

/** Creates a page. It does nothing before `start`. */
export function createPage(options: PageOptions): Page {
  const { runtime, href, name, listeners, first } = options
  const wishes = createWishes(runtime, options.wishName)
  let receivedAt = -Infinity
  let closeStream = (): void => {}

  const store = createStore({
    runtime,
    listeners,
    known: nothingKnown(options.warnBefore * 1000, first),
    isAsking: () => isRunning(),
    run: (effects, before) => {
      const { stream } = store.known
      if (effects.post) post(effects.post)
      wishes.update(before, store.known)
      if (stream !== before.stream) {
        closeStream()
        if (stream) closeStream = listen()
      }
      if (effects.lead !== undefined) seek(effects.lead)
      if (effects.call) exchange.run(effects.call)
      if (effects.recheck) void recheck()
    },
  })
  const { dispatch } = store
  const exchange = createExchange({
    runtime,
    href,
    name,
    boot: first.call,
    store,
    wishes,
    receivedAt: () => receivedAt,
  })
  const { recheck, isRunning } = createRecheck(runtime, store, exchange)
  const listen = (): (() => void) =>
    runtime.listen(`${href}/sessions/current/events`, (event) =>
      dispatch({ type: 'stream', event }),
    )
  const seek = createLeader(runtime, name, () => dispatch({ type: 'leads' }))
  const post = runtime.join(name, (data) => {
    const message = readMessage(data)
    if (!message) return
    receivedAt = runtime.now()
    dispatch({ type: 'message', message })
  })
  const { send, answer, ask, inTurn, begin, enter } = exchange
  const who = (): string | undefined => store.known.view?.account.id
  const start = (): void => {
    startPage(store, wishes, options)
    adopt(store, options)
  }
  return { store, who, base: runtime.base, start, send, answer, ask, inTurn, recheck, begin, enter }
}

type Start = Pick<PageOptions, 'runtime' | 'first'>

/** Watches the page, and reads the sign-outs that the browser remembers. */
function startPage(store: Store, wishes: Wishes, { runtime, first }: Start): void {
  runtime.watch((type) => {
    const { active, failing, state } = store.known
    if (type !== 'acted') store.dispatch({ type, wishes: wishes.all() })
    else if (!active || failing || state.leaving) store.dispatch({ type })
  })
  // The person signed out before this ran; a browser without storage does not remember it
  const left = first.state.leaving && first.view ? [first.view.session.id] : []
  store.dispatch({ type: 'start', wishes: [...wishes.all(), ...left] })
}

/** Adopts the boot call, or its reply, as if this page had sent it. */
function adopt(store: Store, { runtime, first }: Start): void {
  if (!first.call || store.known.state.leaving) return
  store.dispatch({ type: 'ask' })
  const { question } = store.known
  if (first.at === undefined || !question) return
  store.dispatch({ type: 'reply', to: question, reply: first.reply })
  // The page was frozen meanwhile
  if (runtime.now() - first.at > FRESH) store.dispatch({ type: 'restored' })
}
