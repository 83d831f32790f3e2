import { useEffect, useState } from 'react'
import { connectedGuards } from '../service-api.ts'

/** Milliseconds between two requests, and until the view sends no more. */
const LOOK = 50
const PATIENCE = 10_000

/**
 * How many connected guards have applied the entry with this number, as a sentence. If that can't be
 * loaded, the sentence says so: the lock itself has succeeded.
 */
export function useReach(seq: number | undefined): string {
  const [sentence, setSentence] = useState('')
  useEffect(() => {
    if (seq === undefined) return undefined
    let isOver = false
    const began = performance.now()
    const look = async (): Promise<void> => {
      const guards = await connectedGuards()
      if (isOver) return
      const applied = guards.filter(({ appliedSeq }) => (appliedSeq ?? 0) >= seq).length
      const milliseconds = Math.round(performance.now() - began)
      setSentence(progressOf(applied, guards.length, milliseconds))
      if (applied === guards.length) return
      if (milliseconds > PATIENCE) return setSentence(progressAtLast(applied, guards.length))
      await new Promise((resolve) => setTimeout(resolve, LOOK))
      await look()
    }
    setSentence('')
    look().catch(() => !isOver && setSentence('How many APIs have it already can’t be shown now.'))
    return () => {
      isOver = true
    }
  }, [seq])
  return sentence
}

function progressOf(applied: number, of: number, milliseconds: number): string {
  if (of === 0) return 'No API is connected now; each learns of it when it connects.'
  return `${applied} of ${of} ${of === 1 ? 'guard has' : 'guards have'} applied it, ${milliseconds} ms after the click.`
}

function progressAtLast(applied: number, of: number): string {
  return `${applied} of ${of} ${of === 1 ? 'guard has' : 'guards have'} applied it; the rest will as soon as they can be reached.`
}
