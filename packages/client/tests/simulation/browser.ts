import { BACKGROUND_HEADER } from '@keyhaven/core/wire'
import type { SessionView } from '@keyhaven/core/wire'
import { createAuth } from '@keyhaven/client'
import type { Auth, PageEvent, Runtime, StreamEvent } from '@keyhaven/client'
import { createLocks } from './locks.ts'
import { JSON_TYPE, responseOf } from './simulated-service.ts'
import type { Answer, Service, Session } from './simulated-service.ts'
import { access } from './tab.ts'
import type { Lacks, Post, Tab } from './tab.ts'
import { createWitness } from './witness.ts'
import type { World } from './world.ts'

const ORIGIN = 'https://app.example'
const TIME_OUT = 10_000
/** Milliseconds after which an answer can only be one that has waited in a page that stood still. */
const OLD = 11_000

/** Tabs that share cookies, storage, locks and channels; each has a clock of its own. */
export function createBrowser(world: World, service: Service, lacks: Lacks) {
  let cookie: Session | undefined
  let proofs = 0
  let post: Post = 'prompt'
  let hung = false
  let random = 7
  const storage = new Map<string, string>()
  const ears = new Map<string, Map<Tab, (message: unknown) => void>>()
  const locks = createLocks<Tab>()
  const tabs: Tab[] = []
  const faults: string[] = []
  /** Sessions that a page with a channel has left: when, and in which version. */
  const left = new Map<string, { readonly at: number; readonly version: number }>()

  /** The tabs in which sessions were left, by the session's id. */
  const leavers = new Map<string, Tab>()

  const open = (versions: number): Tab => {
    let waiting: (() => void)[] = []
    const watchers: ((event: PageEvent) => void)[] = []
    const offset = tabs.length * 3_600_000
    const wake = (work: () => void): void => {
      if (tab.state === 'runs') work()
      else if (tab.state !== 'closed') waiting.push(work)
    }
    let heardAt = -1
    const witnesses = Array.from({ length: versions }, () =>
      createWitness((fault) => faults.push(`tab ${tabs.indexOf(tab)} ${fault}`)),
    )
    const seen = Array.from({ length: versions }, () => new Set<string | undefined>())
    const fetchOf =
      (version: number): Runtime['fetch'] =>
      (input, init) => {
        const request = input instanceof Request ? input : undefined
        const { method, headers, body, credentials } = request ?? { body: null, ...init }
        const url = request ? request.url : `${input as string}`
        const path = url.slice(ORIGIN.length).replace(/^\/auth/, '')
        const sentAt = world.now()
        const sent = credentials === 'omit' ? undefined : cookie
        const given = new Headers(headers)
        const isShy = given.has(BACKGROUND_HEADER) || !/user.current|renew$/.test(path)
        const counted = isShy ? undefined : witnesses[version]?.extends()
        if (path === '/api' && sent && tab.stores[version]?.state.leaving)
          faults.push('a page sends cookies for a person who has left')
        const login = typeof body === 'string' ? body.slice(10, 11) : undefined
        const asked = {
          line: `${method} ${path}`,
          cookie: sent,
          proofs,
          xsrf: given.get('x-xsrf-token'),
          login,
          beganAs: given.get('x-began-as'),
        }
        return new Promise((resolve, reject) => {
          let over = false
          const fail = (): void => {
            if (over) return
            over = true
            wake(() => reject(new TypeError('no answer')))
          }
          world.at(sentAt + TIME_OUT, fail)
          service.take(asked, (answer) => {
            if (!answer) return fail()
            // A tab that is closed takes its requests with it
            if (over || tab.state === 'closed') return
            over = true
            if (answer.cookie !== undefined) cookie = answer.cookie ?? undefined
            proofs = answer.proofs ?? proofs
            wake(() => {
              if (answer.status === 200 && answer.type === JSON_TYPE) counted?.()
              if (heardAt < sentAt) learn(version, answer, asked.line, sent)
              const { session } = (answer.body ?? {}) as Partial<SessionView>
              if (answer.status === 200 && session && world.now() > sentAt + OLD)
                tab.late.add(session.authTime ?? '')
              // What comes later of older questions does not count
              if (answer.status === 201 || answer.status === 204) heardAt = world.now()
              resolve(responseOf(answer))
            })
          })
        })
      }
    /** What a store knows because the service itself has answered it. */
    const learn = (
      version: number,
      { status, body }: Answer,
      line: string,
      sent: Session | undefined,
    ): void => {
      // A refused step-up makes the page ask who is signed in
      if (line.endsWith('step-up')) return
      const isGone = status === 401 && /ended|locked/.test((body as { code: string }).code)
      const isOver = (status === 204 || status === 201) && line !== 'GET /api'
      // Of a session that it has never seen it can't know that the answer speaks
      if (sent?.ended && (isGone || isOver) && seen[version]?.has(sent.id))
        tab.dead[version]?.add(sent.id)
    }
    const runtimeOf = (version: number): Runtime => {
      const named = (name: string): string => `${version} ${name}`
      const runtime: Runtime = {
        fetch: fetchOf(version),
        now: () => world.now() + offset,
        random: () => {
          random = (random * 16_807) % 2_147_483_647
          return random / 2_147_483_647
        },
        origin: () => ORIGIN,
        base: () => `${ORIGIN}/`,
        after: (milliseconds, call) => {
          let stopped = false
          const stop = world.at(world.now() + milliseconds, () => wake(() => stopped || call()))
          return () => {
            stopped = true
            stop()
          }
        },
        watch: (listener) => void watchers.push(listener),
        lock: (name, signal, work) => {
          const runs = (): Promise<void> =>
            new Promise((resolve) => wake(() => void work().then(resolve)))
          return lacks.locks ? work() : locks.request(named(name), tab, signal, runs)
        },
        join: (name, hear) => {
          if (lacks.channels) return () => {}
          const all = ears.get(named(name)) ?? new Map<Tab, (message: unknown) => void>()
          ears.set(named(name), all)
          all.set(tab, hear)
          return (message) => {
            if (post === 'lost') return
            for (const [other, listen] of all) {
              if (other === tab || other.state === 'closed' || other.state === 'cached') continue
              const deliver = (): void => listen(structuredClone(message))
              const delay = post === 'late' ? 8000 : 20
              for (let copies = post === 'twice' ? 2 : 1; copies > 0; copies--)
                world.at(world.now() + delay * copies, () => wakers.get(other)?.(deliver))
            }
          }
        },
        listen: (_url, tell) => openStream(tell),
        remember: (name, value) => {
          if (lacks.storage) return null
          if (value === null) storage.delete(name)
          else if (value !== undefined) storage.set(name, value)
          return storage.get(name) ?? null
        },
      }
      return runtime
    }
    const openStream = (tell: (event: StreamEvent) => void): (() => void) => {
      const key = {}
      const close = (): void => void service.streams.delete(key)
      const send = (event: string): void => {
        if (event === 'ended' || event === 'error') close()
        world.at(world.now() + 5, () => wake(() => tell(event as StreamEvent)))
      }
      const session = cookie
      const { is } = service.weather()
      if (hung || is === 'silent') return close
      const isOpen = session && !session.ended && session.proofs === proofs
      if (!isOpen || is !== 'fine') send('error')
      else {
        service.streams.set(key, { session, send })
        send('open')
        if (session.told !== session.scope) send('changed')
      }
      return close
    }
    const tab: Tab = {
      stores: [],
      dead: Array.from({ length: versions }, () => new Set<string>()),
      late: new Set(),
      state: 'runs',
      loadingSince: undefined,
      runsSince: world.now(),
      write: (auth) => {
        const beganAs = witnesses[tab.stores.indexOf(auth)]?.person() ?? ''
        const init = { method: 'POST', headers: { 'x-began-as': beganAs } }
        auth.fetch('/api', init).catch(() => {})
      },
      event: (event) => {
        if (event === 'acted' && tab.state === 'runs') for (const one of witnesses) one.acts()
        if (tab.state === 'runs') for (const watch of watchers) watch(event)
      },
      stop: (how) => {
        tab.event('away')
        if (tab.state === 'runs') tab.state = how
      },
      resume: () => {
        const { state } = tab
        if (state !== 'frozen' && state !== 'cached') return
        tab.state = 'runs'
        tab.runsSince = world.now()
        const works = waiting
        waiting = []
        tab.loadingSince = undefined
        tab.event(state === 'cached' ? 'restored' : 'back')
        for (const work of works) work()
      },
      close: () => {
        tab.event('away')
        tab.state = 'closed'
        locks.drop(tab)
      },
    }
    wakers.set(tab, (work) => {
      // A page in the cache gets no messages
      if (tab.state === 'cached') return
      wake(() => {
        heardAt = world.now()
        work()
      })
    })
    tabs.push(tab)
    const stores = Array.from({ length: versions }, (_, version) =>
      createAuth({ url: '/auth', access, runtime: runtimeOf(version) }),
    )
    Object.assign(tab, { stores })
    for (const [version, auth] of stores.entries()) {
      witnesses[version]?.follow(auth)
      auth.subscribe(() => seen[version]?.add(auth.state.session?.id))
    }
    return tab
  }
  const wakers = new Map<Tab, (work: () => void) => void>()
  return {
    tabs,
    open,
    faults,
    storage,
    left,
    cookie: () => cookie,
    /** Whether the browser has a cookie that the service accepts: the answer to a step-up may be lost. */
    isCurrent: () => cookie?.proofs === proofs,
    /** Whether the tab in which the person left a session runs: another may be closed without an event. */
    isKnown: ({ id }: Session): boolean => leavers.get(id)?.state === 'runs',
    setPost: (next: Post) => {
      post = next
    },
    hangStreams: (hangs: boolean) => {
      hung = hangs
    },
    /** The person leaves: every tab that shows them is to forget them. */
    leave: (tab: Tab, auth: Auth<typeof access>): void => {
      const id = auth.state.session?.id
      // A page that does not know who is signed in means any session, and tries once
      if (id === undefined) service.leaveAny()
      if (cookie && (id === undefined || cookie.id === id)) {
        cookie.left = id === undefined ? (cookie.left ?? 'any') : 'it'
      }
      if (cookie?.left === 'it') leavers.set(cookie.id, tab)
      const version = tab.stores.indexOf(auth)
      if (id !== undefined) tab.dead[version]?.add(id)
      if (id !== undefined && /prompt|twice/.test(post)) left.set(id, { at: world.now(), version })
      void auth.signOut()
    },
  }
}
export type Browser = ReturnType<typeof createBrowser>
