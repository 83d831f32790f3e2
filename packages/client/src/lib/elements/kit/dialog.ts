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
  const opened: Opened = { pane, close: () => dialog.close() }
  dialog.addEventListener('cancel', (event) => {
    if (isStuck || pane.isBusy) event.preventDefault()
  })
  dialog.addEventListener('close', () => {
    pane.close()
    dialog.remove()
    if (before instanceof HTMLElement) before.focus()
    onClose()
  })
  document.body.append(dialog)
  pane.show(view(opened))
  const title = dialog.querySelector('.kh-title')
  if (title) {
    title.id = `${pane.id}-title`
    dialog.setAttribute('aria-labelledby', title.id)
  }
  dialog.showModal()
  pane.focus()
  return opened
}

interface DialogOptions {
  /** Whether only a button of the view closes it. */
  readonly isStuck?: boolean
  readonly onClose?: () => void
}
