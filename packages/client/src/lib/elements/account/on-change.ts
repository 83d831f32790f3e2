import type { Section } from './section.ts'

/** Shows a section, and again when the account is another one than before, unless a part of it is opened. */
export function onChange(section: Section, changed?: () => void): void {
  const { auth, signal } = section.pane
  let shown = auth.state.account
  section.draw()
  const stop = auth.subscribe(() => {
    const { account } = auth.state
    if (account === undefined || account === shown) return
    shown = account
    changed?.()
    if (section.opened === '') section.draw()
  })
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop)
}
