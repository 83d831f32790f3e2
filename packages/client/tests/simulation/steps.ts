import fc from 'fast-check'
import type { Browser } from './browser.ts'
import type { Lacks, Post, Tab } from './tab.ts'
import type { Service, Weather } from './simulated-service.ts'
import type { World } from './world.ts'

const SECOND = 1000

/** A world, and what has happened in it. */
export interface Stage {
  readonly world: World
  readonly service: Service
  readonly browser: Browser
  readonly lacks: Lacks
  /** When a person, an operator or the network last did anything. */
  disturbedAt: number
  /** A message was lost, or a page has stood still: tabs may know different things until they are looked at. */
  isSplit: boolean
  /** The event stream has broken, or could not be opened. */
  isDeaf: boolean
  /** Lets time pass. */
  readonly pass: (milliseconds: number) => Promise<void>
}

/** Something that happens, or `wait` for time to pass. */
export interface Step {
  readonly name: string
  readonly run: (stage: Stage) => Promise<void> | void
}

const which = fc.nat({ max: 3 })
/** A failure prints what was done, by its name. */
const named = (name: string, run: Step['run']): Step =>
  Object.assign({ name, run }, { [fc.toStringMethod]: () => name })
const step = (name: string, run: Step['run']): fc.Arbitrary<Step> => fc.constant(named(name, run))

/** A step in one of the tabs, and in one of its stores. */
const inTab = (
  name: string,
  run: (stage: Stage, tab: Tab, auth: Tab['stores'][number]) => Promise<void> | void,
): fc.Arbitrary<Step> =>
  fc.tuple(which, which).map(([at, version]) =>
    named(`${name} in tab ${at}`, (stage) => {
      const tabs = stage.browser.tabs.filter(({ state }) => state !== 'closed')
      const tab = tabs[at % tabs.length]
      const auth = tab?.stores[version % tab.stores.length]
      return tab && auth ? run(stage, tab, auth) : undefined
    }),
  )
/** Without storage a wish lives in its tab only. */
function close({ browser, lacks }: Stage, tab: Tab): void {
  const session = browser.cookie()
  if (lacks.storage && session?.left) session.left = 'any'
  tab.close()
}
const running = (
  name: string,
  run: (stage: Stage, tab: Tab, auth: Tab['stores'][number]) => Promise<void> | void,
) => inTab(name, (stage, tab, auth) => (tab.state === 'runs' ? run(stage, tab, auth) : undefined))

const weathers: readonly Weather[] = [
  { is: 'failing' },
  { is: 'portal' },
  { is: 'silent' },
  { is: 'cut' },
  { is: 'answers lost' },
  { is: 'busy', retryAfter: 3 },
  { is: 'busy', retryAfter: 40 },
  { is: 'busy', retryAfter: 7200 },
  { is: 'slow', by: 3 * SECOND },
  { is: 'slow', by: 9 * SECOND },
  { is: 'slow', by: 70 * SECOND },
]

/** All that can happen, by how often it does. */
export const aStep: fc.Arbitrary<Step> = fc.oneof(
  ...['a', 'b'].map((login) => ({
    weight: 4,
    arbitrary: running(`${login} signs in`, (_stage, _tab, auth) => {
      void auth.signIn({ login, password: 'p' })
    }),
  })),
  {
    weight: 3,
    arbitrary: running('step up', (_stage, _tab, auth) => {
      void auth.stepUp({ password: 'p' })
    }),
  },
  {
    weight: 5,
    arbitrary: running('sign out', ({ browser }, tab, auth) => browser.leave(tab, auth)),
  },
  { weight: 3, arbitrary: running('act', (_stage, tab) => tab.event('acted')) },
  { weight: 3, arbitrary: running('look', (_stage, tab) => tab.event('back')) },
  { weight: 2, arbitrary: running('refresh', (_stage, _tab, auth) => void auth.refresh()) },
  {
    weight: 4,
    arbitrary: running('call an API', (_stage, _tab, auth) => {
      auth.fetch('/api').catch(() => {})
    }),
  },
  {
    weight: 3,
    arbitrary: inTab('run again, if it stood still, and write by an API', (_stage, tab, auth) => {
      tab.resume()
      tab.write(auth)
    }),
  },
  {
    weight: 1,
    arbitrary: step('the application clears its storage', ({ browser }) => {
      // If the page that was left does not run, perhaps only the storage knew of it
      const session = browser.cookie()
      if (session?.left && !browser.isKnown(session)) session.left = 'any'
      browser.storage.clear()
    }),
  },
  { weight: 2, arbitrary: step('open a tab', ({ browser }) => void browser.open(1)) },
  {
    weight: 1,
    arbitrary: step('open two versions', (stage) => {
      // They don't understand each other
      stage.isSplit = true
      stage.browser.open(2)
    }),
  },
  { weight: 1, arbitrary: running('close', close) },
  {
    weight: 4,
    arbitrary: running('reload', (stage, tab) => {
      close(stage, tab)
      stage.browser.open(1)
    }),
  },
  {
    weight: 2,
    arbitrary: running('sign out, and start the browser again,', (stage, tab, auth) => {
      stage.browser.leave(tab, auth)
      for (const each of stage.browser.tabs) close(stage, each)
      stage.browser.open(1)
    }),
  },
  ...(['frozen', 'cached'] as const).map((how) => ({
    weight: 2,
    arbitrary: running(`is ${how}`, (stage, tab) => {
      if (how === 'cached') stage.isSplit = true
      tab.stop(how)
    }),
  })),
  {
    weight: 2,
    arbitrary: running('is cached while another signs in, and writes', async (stage, tab, auth) => {
      stage.isSplit = true
      const login = auth.state.account?.id === 'a' ? 'b' : 'a'
      tab.stop('cached')
      const other = stage.browser.tabs.find(({ state }) => state === 'runs')
      void other?.stores[0]?.signIn({ login, password: 'p' })
      await stage.pass(SECOND)
      tab.resume()
      tab.write(auth)
    }),
  },
  { weight: 3, arbitrary: inTab('run again', (_stage, tab) => tab.resume()) },
  {
    weight: 2,
    arbitrary: step('lock', ({ service, browser }) =>
      service.end(browser.cookie(), 'account_locked'),
    ),
  },
  {
    weight: 1,
    arbitrary: step('end elsewhere', ({ service, browser }) =>
      service.end(browser.cookie(), 'session_ended'),
    ),
  },
  {
    weight: 1,
    arbitrary: step('grant', ({ service, browser }) => service.grant(browser.cookie())),
  },
  ...weathers.map((weather) => ({
    weight: 1,
    arbitrary: step(JSON.stringify(weather), (stage) => {
      stage.isDeaf = true
      stage.service.setWeather(weather)
    }),
  })),
  { weight: 6, arbitrary: step('fine', ({ service }) => service.setWeather({ is: 'fine' })) },
  ...[true, false].map((hangs) => ({
    weight: hangs ? 3 : 1,
    arbitrary: step(`streams ${hangs ? 'hang' : 'open'}`, (stage) => {
      stage.isDeaf = true
      stage.browser.hangStreams(hangs)
    }),
  })),
  ...(['prompt', 'late', 'twice', 'lost'] as const satisfies Post[]).map((post) => ({
    weight: 1,
    arbitrary: step(`messages are ${post}`, (stage) => {
      if (post === 'lost' || post === 'late') stage.isSplit = true
      stage.browser.setPost(post)
    }),
  })),
  {
    weight: 22,
    arbitrary: fc
      .oneof(
        { weight: 8, arbitrary: fc.constantFrom(0, 20, 300, 1000, 4000, 9000, 20_000, 70_000) },
        { weight: 1, arbitrary: fc.constantFrom(420_000, 3_600_000) },
      )
      .map((wait) => named(`wait ${wait}`, (stage) => stage.pass(wait))),
  },
)
