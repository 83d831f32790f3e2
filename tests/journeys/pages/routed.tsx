/** A page of React Router as docs/guides/client.md shows it: guards alone, and views that remember what was typed. */
import { createAuth } from '@keyhaven/client'
import type { Auth } from '@keyhaven/client'
import { guardRoute } from '@keyhaven/client/router'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter, createHashRouter, redirect, RouterProvider } from 'react-router'

/** What a test finds on the page. */
export interface RoutedPage {
  readonly auth: Auth
}

const auth = createAuth()
Object.assign(globalThis, { page: { auth } satisfies RoutedPage })

function Todos(): ReactElement {
  const [list, add] = useState<readonly string[]>([])
  return (
    <form action={(form) => add([...list, form.get('todo') as string])}>
      <input aria-label="New todo" name="todo" />
      <p>{list.join(', ')}</p>
    </form>
  )
}

const toSignIn = (to: string): Response => redirect(`/sign-in?to=${encodeURIComponent(to)}`)
const create = location.hash.startsWith('#/') ? createHashRouter : createBrowserRouter
const router = create([
  { path: '/', element: <p>welcome</p> },
  { path: '/sign-in', element: <p>please sign in</p> },
  {
    path: '/todos',
    loader: ({ request }) => guardRoute(auth, { at: request, signIn: toSignIn }),
    element: <Todos />,
    HydrateFallback: () => <p>one moment</p>,
  },
])
document.body.append(document.createElement('main'))
createRoot(document.querySelector('main') as HTMLElement).render(<RouterProvider router={router} />)
