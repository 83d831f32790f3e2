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
  /** The things that will end, by number and name, and fields. */
  readonly children: ReactNode
  /** The confirming button: the act and its object. */
  readonly confirm: string
  readonly doing: string
  /** Does the act, and resolves with whether it is done. The dialog shows its errors, and stays until it is done. */
  readonly onConfirm: (form: FormData) => Promise<boolean>
  readonly onClose: () => void
}

/** A dialog that confirms a destructive act. The only place with solid red. */
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
    // A modal dialog that is hidden with the rest of the view would still make the sign-in form inert
    if (!isSignedIn) dialog.current?.close()
  }, [isSignedIn])
  // Closed here too, because the event comes later: a quick second attempt would be taken for the first one
  const close = (): void => {
    dialog.current?.close()
    onClose()
  }
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    void run(async () => {
      const isDone = await onConfirm(form).catch((error: unknown) => {
        // Without this a second Esc would close the dialog while the act runs
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
          <button type="button" className="button quiet" onClick={close}>
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
