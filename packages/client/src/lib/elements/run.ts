import { isHeld } from '../state/hold-page.ts'
import { settled } from '../state/settled.ts'
import { notLoaded } from './kit/not-loaded.ts'
import { Pane } from './kit/pane.ts'
import type { Course, Facts, Host } from './kit/pane.ts'
import type { ViewName } from './kit/view.ts'
import { views } from './views.ts'
import { languageOf, loadWords } from './words.ts'

/** What is shown to those who can't use a view. */
const instead = { person: 'sign-in', visitor: 'signed-in' } as const

/** Shows the view of this name in an element, and those that follow it. @returns what ends that. */
export function run(host: Host, first: ViewName): { readonly close: () => void } {
  let turn = 0
  let wanted: ViewName = first
  /** The account for which the view was chosen. */
  let account: string | undefined

  const accept = (): void => {
    account = host.auth.state.account?.id
  }
  const go = async (name: ViewName, facts: Facts = {}): Promise<void> => {
    const mine = (turn += 1)
    wanted = name
    accept()
    const { reader } = views[name]
    // A view for visitors is not shown to a person, and the other way round
    if (reader) await settled(host.auth)
    if (mine !== turn) return
    accept()
    const isOther = reader && (reader === 'person') !== (account !== undefined)
    const { load, groups } = views[isOther ? instead[reader] : name]
    const isMine = (): boolean => mine === turn && !pane.signal.aborted
    try {
      const [open, words] = await Promise.all([
        load(),
        loadWords(languageOf(host), ['kit', ...groups], host.words),
      ])
      if (!isMine()) return
      pane.words = words
      await open(pane, facts)
    } catch (fault) {
      if (isMine()) notLoaded(host)
      throw fault
    }
    pane.warn(host.auth.state.status === 'offline')
  }
  /** Another person is signed in, or none. */
  const turnOver = async (): Promise<void> => {
    const { auth } = host
    const former = account
    accept()
    // The page has its turn first
    await new Promise((done) => setTimeout(done))
    if (pane.signal.aborted) return
    // It hides the view until its person is back, who finds it as it was
    if (isHeld(auth.subscribe, auth.state) && !host.checkVisibility()) account = former
    else if (former !== auth.state.account?.id) void go(wanted)
  }
  const look = (): void => {
    const { account: known, status } = host.auth.state
    const isOther = known?.id !== account && status !== 'loading'
    // A form that is being sent shows by itself what follows
    if (isOther && views[wanted].reader && !pane.isBusy) void turnOver()
    else if (status !== 'loading') pane.warn(status === 'offline')
  }
  const home = views[first].reader === 'person' ? first : 'signed-in'
  const course: Course = { home, go, accept, look }
  const pane = new Pane(host, host, { course })
  const stop = host.auth.subscribe(look)
  void go(first)
  return {
    close: () => {
      stop()
      pane.close()
    },
  }
}
