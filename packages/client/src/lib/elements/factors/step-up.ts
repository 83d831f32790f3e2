import { text } from '../kit/form.ts'
import { goOn } from '../kit/go-on.ts'
import { leave } from '../kit/leave.ts'
import type { Pane } from '../kit/pane.ts'
import { proveAgain, waysOf } from './prove-again.ts'

/** Has a person prove again who they are, in a form in its place. Then it leads to the target of `return`. */
export async function stepUp(pane: Pane): Promise<void> {
  const { shown } = pane
  const ways = await waysOf(pane)
  if (shown.aborted) return
  proveAgain(pane, ways, {
    done: () => {
      if (!pane.emit('done', { what: 'step-up' })) return
      const target = pane.host.getAttribute('return')
      if (target !== null) return leave(pane, target)
      const { done, doneLead } = pane.words.factors.stepUp
      pane.show({ title: done, body: [text(doneLead), goOn(pane)] })
    },
  })
}
