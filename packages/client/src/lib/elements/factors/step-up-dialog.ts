import type { Auth } from '../../auth.ts'
import { openDialog } from '../kit/dialog.ts'
import type { Opened } from '../kit/dialog.ts'
import { button } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'
import { proveAgain, waysOf } from './prove-again.ts'

/** Stores with a dialog: a page shows one, however many elements it has. */
const shown = new WeakSet<Auth>()

/** Shows nothing until calls of the page wait for a step-up, and then a dialog. */
export function stepUpDialog(pane: Pane): void {
  const stop = pane.auth.on('step-up', ({ waiting }) => {
    if (waiting > 0 && !shown.has(pane.auth)) void request(pane)
  })
  pane.signal.addEventListener('abort', stop)
}

/** Requests the proof until the calls wait no more, because of it, or because of one in another tab. */
async function request(pane: Pane): Promise<void> {
  const { auth } = pane
  let opened: Opened | undefined
  let isOver = false
  let cancel = (): void => {}
  shown.add(auth)
  const stop = auth.on('step-up', (event) => {
    ;({ cancel } = event)
    if (event.waiting > 0) return
    isOver = true
    stop()
    shown.delete(auth)
    opened?.close()
  })
  const onClose = (): void => {
    if (!isOver) cancel()
  }
  const ways = await waysOf(pane)
  if (isOver || pane.signal.aborted) return onClose()
  opened = openDialog(pane, () => ({ body: [] }), { onClose })
  const { close } = opened
  proveAgain(opened.pane, ways, {
    beside: [button('cancel', pane.words.kit.cancel, 'kh-quiet')],
    acts: { cancel: close },
    done: () => {
      close()
      pane.emit('done', { what: 'step-up' })
    },
  })
}
