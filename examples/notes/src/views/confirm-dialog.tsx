import { useAuth } from '@keyhaven/client/react'
import { useEffect, useId, useRef } from 'react'
import type { FormEvent, ReactElement, ReactNode } from 'react'
import { useAct } from '../act.ts'
import { sentenceOf } from '../call.ts'
import { useToast } from '../toast.tsx'
import { ActButton } from './act-button.tsx'
import { Problem } from './problem.tsx'

interface ConfirmProps {
  readonly title: string
  /** What will end, by number and name; fields too. */
  readonly children: ReactNode
  /** The confirming button: the act and its object. */
  readonly confirm: string
  readonly doing: string
  /** Does it, and answers whether it is done. What it throws is shown here. Until it is done the dialog stays. */
  readonly onConfirm: (form: FormData) => Promise<boolean>
  readonly onClose: () => void
}

/** Asks before a destructive act. The only place with solid red. */
export function ConfirmDialog(props: ConfirmProps): ReactElement {
  const { title, children, confirm, doing, onConfirm, onClose } = props
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const { busy, problem, run } = useAct()
  const toast = useToast()
  const isSignedIn = useAuth().state.account !== undefined
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal()
  }, [])
  useEffect(() => {
    // Hidden with the rest of the view, it would still make the sign-in form inert
    if (!isSignedIn) dialog.current?.close()
  }, [isSignedIn])
  // Not only by the event, which comes later: a quick second try would be taken for the first one
  const close = (): void => {
    dialog.current?.close()
    onClose()
  }
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    void run(async () => {
      const isDone = await onConfirm(form).catch((error: unknown) => {
        // The browser lets a second Esc close it while the act goes on
        if (dialog.current?.open !== true) toast(sentenceOf(error))
        throw error
      })
      if (isDone) close()
    })
  }
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        if (!busy) close()
      }}
      onClose={onClose}
    >
      <form onSubmit={submit} noValidate>
        <h2 id={id}>{title}</h2>
        {children}
        <Problem text={problem} />
        <div className="acts">
          <button type="button" className="quiet" onClick={close}>
            Cancel
          </button>
          <ActButton className="solid destructive" busy={busy} doing={doing}>
            {confirm}
          </ActButton>
        </div>
      </form>
    </dialog>
  )
}
