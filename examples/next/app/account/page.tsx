import { auth } from '@keyhaven/client/next'
import { redirect } from 'next/navigation'
import type { ReactElement } from 'react'

/** A private route: the server sends visitors to the sign-in. */
export default async function Account(): Promise<ReactElement> {
  if ((await auth()).status === 'signed-out') redirect('/')
  return <keyhaven-account />
}
