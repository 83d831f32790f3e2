import { useAuth } from '@keyhaven/client/react'
import type { ReactElement } from 'react'

/** What a person sees who may not. */
export function Refused({ scope }: { readonly scope: string }): ReactElement {
  const { roles } = useAuth().state
  return (
    <section className="card centred">
      <h1>This view is not for you</h1>
      <p>
        It needs <code>{scope}</code>. Your role is {roles.join(', ') || 'none'}. Ask an
        administrator, or sign in with another account.
      </p>
      <a className="button" href="#/notes">
        Back to your notes
      </a>
    </section>
  )
}
