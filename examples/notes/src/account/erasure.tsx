import { useAuth } from '@keyhaven/client/react'
import { createContext, useContext, useEffect, useMemo, useState } from 'react'
import type { ReactElement, ReactNode } from 'react'
import type { Erasure } from './erased.tsx'

interface ErasureState {
  readonly erasure: Erasure | undefined
  readonly setErasure: (erasure: Erasure | undefined) => void
}

const ErasureContext = createContext<ErasureState>({ erasure: undefined, setErasure: () => {} })

/** The erasure that was requested on this page. It outlives the view, because the person is signed out by it. */
export function useErasure(): ErasureState {
  return useContext(ErasureContext)
}

export function ErasureProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const account = useAuth().state.account?.id
  const [erasure, setErasure] = useState<Erasure>()
  // It is not shown to the next person who signs out
  useEffect(() => {
    if (account !== undefined) setErasure(undefined)
  }, [account])
  const value = useMemo(() => ({ erasure, setErasure }), [erasure])
  return <ErasureContext value={value}>{children}</ErasureContext>
}
