import { Pane } from './pane.ts'
import type { View } from './view.ts'

/** A dialog that is open. */
export interface Opened {
  readonly pane: Pane
  readonly close: () => void
}

/**
 * Opens a modal dialog with a pane of its own, at the end of the document, so that it stays if the application removes
 * the element. `onClose` is called once, also for Escape; with `isStuck` Escape does not close it.
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
  const pane = new Pane(host, dialog, from.course)
  pane.words = from.words
  let isDone = false
  const close = (): void => {
    isDone = true
    dialog.close()
  }
  dialog.addEventListener('cancel', (event) => {
    if (isStuck || pane.isBusy) event.preventDefault()
  })
  dialog.addEventListener('close', () => {
    // Browsers let Escape close any dialog in the end
    if (isStuck && !isDone) return dialog.showModal()
    pane.close()
    dialog.remove()
    if (before instanceof HTMLElement) before.focus()
    onClose()
  })
  document.body.append(dialog)
  const opened: Opened = { pane, close }
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
