import type { ReactElement } from 'react'

export function Account(): ReactElement {
  return <keyhaven-account />
}
