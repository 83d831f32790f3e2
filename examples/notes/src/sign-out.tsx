import { useAuth } from '@keyhaven/client/react'
import { createContext, useContext, useRef } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { useAct } from './act.ts'
import type { Act } from './act.ts'

interface SignOut extends Pick<Act, 'busy'> {
  readonly signOut: () => void
}

const SignOutContext = createContext<SignOut>({ busy: false, signOut: () => {} })

/** The sign-out that every button uses. */
export function useSignOut(): SignOut {
  return useContext(SignOutContext)
}

/**
 * Signs out, and is the only component that shows a failed sign-out. On a shared computer the person must see
 * that they are still signed in.
 */
export function SignOutProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const { signOut: leave, state } = useAuth()
  const { busy, problem, run } = useAct()
  // The failure belongs to this session, not to a later one
  const session = useRef<string>(undefined)
  const signOut = (): void => {
    session.current = state.session?.id
    void run(async () => {
      const result = await leave()
      if (!result.ok) throw new Error(result.error.detail)
    })
  }
  return (
    <SignOutContext value={{ busy, signOut }}>
      {problem !== undefined && state.session && state.session.id === session.current && (
        <div className="notice" role="alert">
          <div>
            <p>
              <strong>You are still signed in on this device.</strong> {problem}
            </p>
            <button type="button" className="button quiet" onClick={signOut}>
              Sign out again
            </button>
          </div>
        </div>
      )}
      {children}
    </SignOutContext>
  )
}
