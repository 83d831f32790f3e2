import { createContext, useContext, useMemo, useState } from 'react'
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
  const [erasure, setErasure] = useState<Erasure>()
  const value = useMemo(() => ({ erasure, setErasure }), [erasure])
  return <ErasureContext value={value}>{children}</ErasureContext>
}
