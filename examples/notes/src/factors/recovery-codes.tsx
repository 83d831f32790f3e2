import { useAuth } from '@keyhaven/client/react'
import { createContext, useContext, useEffect, useId, useRef, useState } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { useToast } from '../toast.tsx'
import { CopyButton } from './copy-button.tsx'

/** The value of the dialog's one button that closes it. */
const SAVED = 'saved'

/** Shows recovery codes until the person has saved them, if there are any, and then the result of the act. */
type Show = (codes: readonly string[] | undefined, fact: string) => void

const RecoveryCodesContext = createContext<Show>(() => {})

/** Shows recovery codes in a dialog, which outlives the view that got them. */
export function useShowRecoveryCodes(): Show {
  return useContext(RecoveryCodesContext)
}

/** Shows the recovery codes of a first factor, or new ones. The service shows them once. */
export function RecoveryCodesProvider({
  children,
}: {
  readonly children: ReactNode
}): ReactElement {
  const { account } = useAuth().state
  const toast = useToast()
  const [codes, setCodes] = useState<readonly string[]>()
  const fact = useRef<string>(undefined)
  const [show] = useState<Show>(() => (shown: readonly string[] | undefined, after: string) => {
    fact.current = after
    setCodes(shown)
    if (shown === undefined) toast(after)
  })
  const isOver = codes !== undefined && account === undefined
  // The next person on this page does not see them
  const last = useRef(account?.id)
  useEffect(() => {
    const before = last.current
    last.current = account?.id
    if (before !== undefined && before !== account?.id) setCodes(undefined)
  }, [account?.id])
  return (
    <RecoveryCodesContext value={show}>
      {children}
      {codes !== undefined && !isOver && (
        <RecoveryCodesDialog
          codes={codes}
          onSaved={() => {
            setCodes(undefined)
            toast(fact.current)
          }}
        />
      )}
    </RecoveryCodesContext>
  )
}

function RecoveryCodesDialog(props: {
  readonly codes: readonly string[]
  readonly onSaved: () => void
}): ReactElement {
  const id = useId()
  const { codes, onSaved } = props
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal()
  }, [])
  const text = codes.map((code) => `${code}\n`).join('')
  const save = (): void => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
    link.download = 'notes-recovery-codes.txt'
    link.click()
    URL.revokeObjectURL(link.href)
  }
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={id}
      // Esc would remove codes that can't be shown again; browsers let it close any dialog in the end
      onCancel={(event) => event.preventDefault()}
      onClose={({ currentTarget }) =>
        currentTarget.returnValue === SAVED ? onSaved() : currentTarget.showModal()
      }
    >
      <form method="dialog">
        <h2 id={id}>Save your recovery codes</h2>
        <p>
          If you lose your phone or passkey, sign in with your password and one of these codes. Each
          works once. They are not shown again: keep them in your password manager, or on paper.
        </p>
        <ul className="codes" aria-label="Recovery codes">
          {codes.map((code) => (
            <li key={code}>
              <code>{code}</code>
            </li>
          ))}
        </ul>
        <div className="acts spread">
          <CopyButton text={text}>Copy codes</CopyButton>
          <button type="button" className="quiet" onClick={save}>
            Download
          </button>
          <button className="solid" value={SAVED}>
            I have saved them
          </button>
        </div>
      </form>
    </dialog>
  )
}
