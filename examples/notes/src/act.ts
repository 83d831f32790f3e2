import { useAuth } from '@keyhaven/client/react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { sentenceOf } from './call.ts'
import { useToast } from './toast.tsx'

export interface Act {
  readonly busy: boolean
  /** Why the last act failed: a sentence for the person. */
  readonly problem: string | undefined
  /** Runs one act at a time: a second click while one runs does nothing. Resolves with whether it succeeded. */
  readonly run: (work: () => Promise<void>) => Promise<boolean>
  /** Removes the sentence, after the person has changed the input that it is about. */
  readonly clearProblem: () => void
}

/** An act of the person that takes time and can fail. */
export function useAct(): Act {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const running = useRef(false)
  const toast = useToast()
  const clearProblem = useCallback(() => setProblem(undefined), [])
  const run = async (work: () => Promise<void>): Promise<boolean> => {
    if (running.current) return false
    running.current = true
    setBusy(true)
    setProblem(undefined)
    // Removes the result of the last act
    toast(undefined)
    try {
      await work()
      return true
    } catch (error) {
      setProblem(sentenceOf(error))
      return false
    } finally {
      running.current = false
      setBusy(false)
    }
  }
  return { busy, problem, run, clearProblem }
}

export interface Loaded<T> {
  /** `undefined` until it was loaded once. */
  readonly value: T | undefined
  /** Why it could not be loaded the last time. */
  readonly problem: string | undefined
  readonly reload: () => void
  /** Changes the loaded value after an act of this page. */
  readonly change: (to: (before: T) => T) => void
}

/** The answer of an API, which is loaded again for each new session. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const session = useAuth().state.session?.id
  const [value, setValue] = useState<T>()
  const [problem, setProblem] = useState<string>()
  const newest = useRef(0)
  const reload = useCallback(() => {
    const mine = ++newest.current
    const isNewest = (): boolean => mine === newest.current
    load().then(
      (answer) => {
        if (!isNewest()) return
        setValue(answer)
        setProblem(undefined)
      },
      (error: unknown) => isNewest() && setProblem(sentenceOf(error)),
    )
  }, [load])
  useEffect(() => {
    if (session !== undefined) reload()
  }, [reload, session])
  const change = (to: (before: T) => T): void =>
    setValue((before) => (before === undefined ? before : to(before)))
  return { value, problem, reload, change }
}
