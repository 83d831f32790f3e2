import { createElement, Fragment, useEffect, useState } from 'react'
import type { ReactNode } from 'react'
import { hasLeft, holdPage } from '../state/hold-page.ts'
import type { AuthState } from '../state/states.ts'
import { HeldContext, useAuth, useStore } from './store.ts'

/**
 * Hides its children if the session has ended by itself, and shows `signIn` instead: when the same person signs
 * in again, the children have kept their state, forms included. They are removed when the person signs out or
 * is locked, or another person signs in.
 */
export function Resumable(props: {
  readonly signIn: ReactNode
  readonly children?: ReactNode
  readonly loading?: ReactNode
}): ReactNode {
  const { state } = useAuth()
  const [kept, keep] = useState<AuthState>()
  const { account, status } = state
  const { subscribe } = useStore()
  useEffect(() => holdPage(subscribe), [subscribe])
  // The state decides, not the last render: React may discard a render
  const last = account ? state : hasLeft(state) ? undefined : kept
  if (last !== kept) keep(last)
  const style = { display: account ? 'contents' : 'none' }
  const instead = status === 'signed-out' ? props.signIn : props.loading
  const held = account ? undefined : last
  return [
    last &&
      createElement(
        'div',
        { key: last.account?.id, style },
        createElement(HeldContext.Provider, { value: held }, props.children),
      ),
    !account && createElement(Fragment, { key: '' }, instead),
  ]
}
