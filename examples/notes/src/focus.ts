import { useEffect, useRef } from 'react'
import type { RefObject } from 'react'

/** Moves the focus to the title of the view that is shown now. */
export function focusTitle(): void {
  // A hidden view that waits for its person has a title too
  const titles = document.querySelectorAll<HTMLElement>('main h1')
  for (const title of titles) if (title.checkVisibility()) title.focus()
}

/** What each view is given. */
export interface ViewProps {
  /** Whether its title takes the focus: the first view of a page does not. An element does it by itself. */
  readonly takesFocus: boolean
}

/**
 * Moves the focus to the title of each new view: Tab goes on from there, and a screen reader reads it.
 * @returns whether the present view takes it.
 */
export function useTitleFocus(view: string, isLoading: boolean): boolean {
  const shown = useRef<string>(undefined)
  const takesFocus = useRef(false)
  takesFocus.current ||= shown.current !== undefined && shown.current !== view
  useEffect(() => {
    if (isLoading) return
    const before = shown.current
    shown.current = view
    if (before !== undefined && before !== view) focusTitle()
  }, [view, isLoading])
  return takesFocus.current
}

/** Sets the title of the browser's window or tab. */
export function titleWindow(title: string): void {
  document.title = title === '' ? 'Notes' : /\bNotes$/.test(title) ? title : `${title} · Notes`
}

/** Sets the title of the browser's window or tab; `undefined` leaves it as it is. */
export function useWindowTitle(title: string | undefined): void {
  useEffect(() => {
    if (title !== undefined) titleWindow(title)
  }, [title])
}

/**
 * Keeps the focus in a list of `count` items when one of them is removed: it moves to the next one, or the title.
 * Call the returned function with the index of the item before you remove it.
 */
export function useFocusAfterRemoval(
  list: RefObject<Element | null>,
  count: number,
): (index: number) => void {
  const gone = useRef<number>(undefined)
  useEffect(() => {
    if (gone.current === undefined) return
    const items = list.current?.querySelectorAll(':scope > li') ?? []
    const next = items[Math.min(gone.current, items.length - 1)]?.querySelectorAll('button')
    gone.current = undefined
    if (next?.length) next[next.length - 1]?.focus()
    else focusTitle()
  }, [list, count])
  return (index) => {
    gone.current = index
  }
}
