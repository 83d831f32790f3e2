import { useAuth } from '@keyhaven/client/react'
import { createContext, useContext, useRef } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { useAct } from './act.ts'
import type { Act } from './act.ts'

interface Leaving extends Pick<Act, 'busy'> {
  readonly signOut: () => void
}

const LeavingContext = createContext<Leaving>({ busy: false, signOut: () => {} })

/** The one way out, for every button that signs out. */
export function useLeaving(): Leaving {
  return useContext(LeavingContext)
}

/**
 * Signs out, and is the one place that shows a sign-out which failed. On a shared computer it matters
 * most here that the person learns of it.
 */
export function LeavingProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const { signOut: leave, state } = useAuth()
  const { busy, problem, run } = useAct()
  // A later sign-in has nothing to do with it
  const session = useRef<string>(undefined)
  const signOut = (): void => {
    session.current = state.session?.id
    void run(async () => {
      const result = await leave()
      if (!result.ok) throw new Error(result.error.detail)
    })
  }
  return (
    <LeavingContext value={{ busy, signOut }}>
      {problem !== undefined && state.session && state.session.id === session.current && (
        <div className="notice" role="alert">
          <div>
            <p>
              <strong>You are still signed in on this device.</strong> {problem}
            </p>
            <button type="button" className="quiet" onClick={signOut}>
              Sign out again
            </button>
          </div>
        </div>
      )}
      {children}
    </LeavingContext>
  )
}
