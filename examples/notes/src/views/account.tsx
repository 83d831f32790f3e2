import type { ReactElement } from 'react'
import type { ViewProps } from '../focus.ts'

/** The person's own account: profile, address, password, second factors, devices, export and erasure. */
export function Account({ takesFocus }: ViewProps): ReactElement {
  return <keyhaven-account autofocus={takesFocus} />
}
