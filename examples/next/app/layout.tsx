import { auth } from '@keyhaven/client/next'
import type { Metadata } from 'next'
import type { ReactElement, ReactNode } from 'react'
import '../../look/style.css'
import { Page } from './page-frame.tsx'

export const metadata: Metadata = { title: 'Notes', icons: 'data:,' }

/** The server reads who is signed in, and draws the page for them. */
export default async function Layout(props: { children: ReactNode }): Promise<ReactElement> {
  return (
    <html lang="en">
      <body>
        <Page initial={await auth()}>{props.children}</Page>
      </body>
    </html>
  )
}
