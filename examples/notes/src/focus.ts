import { useEffect, useRef } from 'react'
import type { RefObject } from 'react'

/** Moves the focus to the title of the view that is shown now. */
export function focusTitle(): void {
  // A hidden view that waits for its person has a title too
  const titles = document.querySelectorAll<HTMLElement>('main h1')
  for (const title of titles) if (title.checkVisibility()) title.focus()
}

/**
 * Moves the focus to the title of each new view: Tab goes on from there, and a screen reader reads it. The first
 * view of a page does not take the focus.
 */
export function useTitleFocus(view: string, isFirst: boolean): void {
  const shown = useRef({ view, isFirst })
  useEffect(() => {
    const before = shown.current
    shown.current = { view, isFirst }
    if (before.view !== view && !before.isFirst) focusTitle()
  }, [view, isFirst])
}

/** Moves the focus to the title of a view that other steps have replaced for a while. */
export function useFocusBack(isShown: boolean): void {
  const before = useRef(isShown)
  useEffect(() => {
    if (isShown && !before.current) focusTitle()
    before.current = isShown
  }, [isShown])
}

/** Sets the title of the browser's window or tab; `undefined` leaves it as it is. */
export function useWindowTitle(title: string | undefined): void {
  useEffect(() => {
    if (title !== undefined) document.title = title === '' ? 'Notes' : `${title} · Notes`
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
