import { useEffect, useRef, useState } from 'react'
import type { RefObject } from 'react'

/** The parts of a setting, of which one is shown. */
interface Disclosure<T extends string> {
  readonly shown: T
  readonly show: (part: T) => void
  /** The element around the parts. */
  readonly place: RefObject<HTMLDivElement | null>
}

/** Shows one part of a setting, and moves the focus into each next one: to its first field, or else its first button. */
export function useDisclosure<T extends string>(first: T): Disclosure<T> {
  const place = useRef<HTMLDivElement>(null)
  const before = useRef<T>(first)
  const [shown, show] = useState<T>(first)
  useEffect(() => {
    if (before.current === shown) return
    before.current = shown
    const find = (what: string): HTMLElement | null | undefined =>
      place.current?.querySelector<HTMLElement>(what)
    const target = find('input:not([hidden]), select') ?? find('button')
    target?.focus()
  }, [shown])
  return { shown, show, place }
}
