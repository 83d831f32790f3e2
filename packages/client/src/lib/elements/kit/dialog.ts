import { Pane } from './pane.ts'
import type { View } from './view.ts'

/** A dialog that is open. */
export interface Opened {
  readonly pane: Pane
  readonly close: () => void
}

/**
 * Opens a modal dialog with a pane of its own, at the end of the document. It closes with the pane that it is opened
 * from, unless it `isStuck`: such a dialog stays if the application removes the element, and Escape does not close it.
 * Any dialog closes when its person is gone. `onClose` is called once, also for Escape.
 */
export function openDialog(
  from: Pane,
  view: (opened: Opened) => View,
  { isStuck = false, onClose = () => {} }: DialogOptions = {},
): Opened {
  const dialog = document.createElement('dialog')
  const { host } = from
  dialog.className = 'kh-dialog'
  dialog.lang = host.closest<HTMLElement>('[lang]')?.lang ?? ''
  dialog.dir = getComputedStyle(host).direction
  const before = document.activeElement
  const pane = new Pane(host, dialog, { course: from.course, outer: from })
  pane.words = from.words
  let isOver = false
  const close = (): void => {
    isOver = true
    dialog.close()
  }
  const opened: Opened = { pane, close }
  const { auth } = host
  const person = auth.state.account?.id
  const stop = auth.subscribe(() => {
    if (person !== undefined && auth.state.account?.id !== person) close()
  })
  if (!isStuck) from.signal.addEventListener('abort', close, { signal: pane.signal })
  dialog.addEventListener('cancel', (event) => {
    if (isStuck || pane.isBusy) event.preventDefault()
  })
  dialog.addEventListener('close', () => {
    // A browser lets Escape close any dialog in the end
    if (isStuck && !isOver) return dialog.showModal()
    stop()
    pane.close()
    dialog.remove()
    if (before instanceof HTMLElement) before.focus()
    onClose()
  })
  document.body.append(dialog)
  pane.show(view(opened))
  dialog.setAttribute('aria-labelledby', `${pane.id}-title`)
  dialog.showModal()
  pane.focus()
  return opened
}

interface DialogOptions {
  /** Whether only a button of the view closes it. */
  readonly isStuck?: boolean
  readonly onClose?: () => void
}
