import { useAuth } from '@keyhaven/client/react'
import { useRef } from 'react'

/** A view of a signed-in person. */
export interface View {
  /** The part of the address after `#/`. */
  readonly name: 'notes' | 'account' | 'inside' | 'admin' | 'people'
  /** The title in the menu; `short` on a phone. */
  readonly link: string
  readonly short?: string
  readonly title: string
  /** The scope that the APIs require. Without it the view is not offered. */
  readonly scope?: string
}

const views: readonly View[] = [
  { name: 'notes', link: 'Notes', title: 'Your notes', scope: 'notes:read' },
  {
    name: 'admin',
    link: 'All notes',
    title: 'All notes',
    scope: 'notes:admin',
  },
  { name: 'people', link: 'People', title: 'People', scope: 'keyhaven:accounts:read' },
  { name: 'account', link: 'Account', title: 'Your account' },
  {
    name: 'inside',
    link: 'What JavaScript can see',
    short: 'JavaScript',
    title: 'What JavaScript can see',
  },
]

/**
 * The views that this person may open, in the menu's order. The first one is their home. They don't change while
 * the session has ended, so that a view that waits for its person keeps typed text.
 */
export function useOpenViews(): readonly View[] {
  const { can, state } = useAuth()
  const open = useRef<readonly View[]>([])
  if (state.account) open.current = views.filter(({ scope }) => scope === undefined || can(scope))
  return open.current
}

/** The view of this name, if there is one. */
export function viewNamed(name: string): View | undefined {
  return views.find((view) => view.name === name)
}
