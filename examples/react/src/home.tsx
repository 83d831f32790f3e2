import { returnTarget } from '@keyhaven/client'
import { SignedIn } from '@keyhaven/client/react'
import type { ReactElement } from 'react'
import { Navigate, useSearchParams } from 'react-router'
import { Notes } from './notes.tsx'

/** The three faces: while the service has not answered, signed out, signed in. */
export function Home(): ReactElement {
  const to = useSearchParams()[0].get('to')
  return (
    <SignedIn loading={<p className="loading">Loading …</p>} fallback={<keyhaven-sign-in />}>
      {to === null ? <Notes /> : <Navigate to={returnTarget(to)} replace />}
    </SignedIn>
  )
}
