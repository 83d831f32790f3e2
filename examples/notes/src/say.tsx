import { useAuth } from '@keyhaven/client/react'
import { createContext, useContext, useEffect, useRef, useState } from 'react'
import type { ReactElement, ReactNode } from 'react'

/** Milliseconds that a toast stays. */
const STAYS = 8000

const SayContext = createContext<(fact: string) => void>(() => {})

/** Says what an act came to, in a toast that screen readers announce. */
export function useSay(): (fact: string) => void {
  return useContext(SayContext)
}

export function Announcer({ children }: { readonly children: ReactNode }): ReactElement {
  const account = useAuth().state.account?.id
  const [said, setSaid] = useState<{ readonly fact: string; readonly to: string | undefined }>()
  const now = useRef(account)
  now.current = account
  const [say] = useState(() => (fact: string) => setSaid({ fact, to: now.current }))
  useEffect(() => {
    const timer = setTimeout(() => setSaid(undefined), STAYS)
    return () => clearTimeout(timer)
  }, [said])
  return (
    <SayContext value={say}>
      {children}
      <div className="toasts" role="status">
        {/* What was said to one person is not shown to the next */}
        {said && said.to === account && <p className="toast">{said.fact}</p>}
      </div>
    </SayContext>
  )
}
