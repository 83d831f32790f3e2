import { useEffect, useState } from 'react'
import { connectedGuards } from '../service-api.ts'
import type { LockedHere } from './lock-dialog.tsx'

/** Milliseconds between two requests, and milliseconds after which the view sends no more. */
const LOOK = 50
const PATIENCE = 10_000

/**
 * How many connected guards have applied a lock, and how long after the click, as a sentence. If that can’t be
 * loaded, it returns another sentence: the lock itself has succeeded.
 */
export function useReach(locked: LockedHere | undefined): string {
  const [sentence, setSentence] = useState('')
  useEffect(() => {
    if (locked === undefined) return undefined
    const { seq, clickedAt } = locked
    let isOver = false
    const look = async (): Promise<void> => {
      const guards = await connectedGuards()
      if (isOver) return
      const applied = guards.filter(({ appliedSeq }) => (appliedSeq ?? 0) >= seq).length
      const milliseconds = Math.round(performance.now() - clickedAt)
      setSentence(progressOf(applied, guards.length, milliseconds))
      if (applied === guards.length) return
      if (milliseconds > PATIENCE) return setSentence(progressAtLast(applied, guards.length))
      await new Promise((resolve) => setTimeout(resolve, LOOK))
      await look()
    }
    setSentence('')
    look().catch(
      () => !isOver && setSentence('It can’t be shown now how many guards have applied it.'),
    )
    return () => {
      isOver = true
    }
  }, [locked])
  return sentence
}

function progressOf(applied: number, of: number, milliseconds: number): string {
  if (of === 0) return 'No guard is connected now: each applies it when it connects.'
  return `${applied} of ${of} ${of === 1 ? 'guard has' : 'guards have'} applied it, ${milliseconds} ms after the click.`
}

function progressAtLast(applied: number, of: number): string {
  return `${applied} of ${of} ${of === 1 ? 'guard has' : 'guards have'} applied it; the others apply it when they connect again.`
}
