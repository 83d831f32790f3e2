import { below, button } from '../kit/form.ts'
import { notLoaded } from '../kit/not-loaded.ts'
import type { Pane } from '../kit/pane.ts'
import { sectionFrame } from './section.ts'
import { sections } from './sections.ts'
import type { SectionName } from './sections.ts'

/** Milliseconds after which a section that is still loaded no longer holds back the others. */
const LONGEST = 3000

/** The person's own account: the sections of the attribute `sections`, or all. */
export async function account(pane: Pane): Promise<void> {
  const { auth, host, words } = pane
  const { title, loading } = words.account
  const names = chosen(host.getAttribute('sections'))
  const email = (): string => auth.state.account?.email ?? ''
  // The sign-in has led here, and its element shows something else to a signed-in person
  const isGuest = host.localName !== 'keyhaven-account'
  pane.show({
    title,
    acts: { back: () => pane.go('signed-in') },
    body: [
      ['p', { class: 'kh-who' }, email()],
      ['p', { class: 'kh-problem', role: 'alert' }],
      ...(isGuest ? [below(button('back', words.kit.goBack))] : []),
      ['p', { class: 'kh-loading', role: 'status' }, ['span', { class: 'kh-unseen' }, loading]],
      [
        'div',
        { class: 'kh-sections', hidden: '' },
        ...names.map((name) => sectionFrame(pane, name, words.account[name])),
      ],
    ],
  })
  const find = (what: string): HTMLElement | null => pane.root.querySelector(what)
  const [who, skeleton, all] = ['.kh-who', '.kh-loading', '.kh-sections'].map(find)
  if (all && !host.hasAttribute('own-step-up')) {
    const { stepUpDialog } = await import('../factors/step-up-dialog.ts')
    stepUpDialog(pane.within(all))
  }
  const opened = names.map(async (name) => {
    const root = find(`[data-kh-section=${name}]`)
    if (!root) return
    const inner = pane.within(root)
    await sections[name]().then(
      (open) => open(inner),
      () => notLoaded(root),
    )
  })
  const late = new Promise((resolve) => setTimeout(resolve, LONGEST))
  // All at once, so that nothing moves when one of them comes
  await Promise.race([late, Promise.all(opened)])
  skeleton?.remove()
  all?.removeAttribute('hidden')
  const stop = auth.subscribe(() => {
    if (who && email() !== '') who.textContent = email()
  })
  pane.shown.addEventListener('abort', stop)
}

/** The names in the attribute that there are, in its order. */
function chosen(wanted: string | null): readonly SectionName[] {
  const names = Object.keys(sections) as SectionName[]
  if (wanted === null) return names
  return wanted.split(/\s+/).flatMap((one) => names.filter((name) => name === one))
}
