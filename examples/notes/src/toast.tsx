import { useAuth } from '@keyhaven/client/react'
import { createContext, useContext, useEffect, useRef, useState } from 'react'
import type { ReactElement, ReactNode } from 'react'

/** Milliseconds that a toast stays. */
const STAYS = 8000

/** Shows a fact in place of the one before; `undefined` removes it. */
type Show = (fact: string | undefined) => void

const ToastContext = createContext<Show>(() => {})

/** Shows the result of an act in a toast, which screen readers announce. */
export function useToast(): Show {
  return useContext(ToastContext)
}

export function ToastProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const account = useAuth().state.account?.id
  const [shown, setShown] = useState<{
    readonly fact: string | undefined
    readonly to: string | undefined
  }>()
  const now = useRef(account)
  now.current = account
  const [show] = useState<Show>(
    () => (fact: string | undefined) => setShown({ fact, to: now.current }),
  )
  useEffect(() => {
    const timer = setTimeout(() => setShown(undefined), STAYS)
    return () => clearTimeout(timer)
  }, [shown])
  return (
    <ToastContext value={show}>
      {children}
      <div className="toasts" role="status">
        {/* The result of one person’s act is not shown to the next person */}
        {shown?.to === account && shown?.fact && <p className="toast">{shown.fact}</p>}
      </div>
    </ToastContext>
  )
}
