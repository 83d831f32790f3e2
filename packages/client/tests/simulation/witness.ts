import type { Auth } from '@keyhaven/client'

/** Watches what one store of a page says and sends, and reports what must never happen. */
export interface Witness {
  /** The person has acted, or opened the page. */
  acts(): void
  /** A request leaves that extends the idle limit; the answer is called when its own has come. */
  extends(): () => void
  /** Whom it has shown last, also while it waits for an answer. */
  person(): string | undefined
  follow(auth: Pick<Auth, 'state' | 'subscribe' | 'on'>): void
}

export function createWitness(report: (fault: string) => void): Witness {
  let moments = 0
  let actedAt = 0
  let countedAt = -1
  let person: string | undefined
  let isTold = false
  return {
    acts: () => {
      actedAt = ++moments
    },
    extends: () => {
      const sentAt = ++moments
      if (actedAt <= countedAt) report('extends a session in which the person has not acted since')
      return () => {
        countedAt = Math.max(countedAt, sentAt)
      }
    },
    person: () => person,
    follow: (auth) => {
      auth.on('signed-out', ({ reason }) => {
        if (person === undefined) report(`says ${reason} of a person whom it did not show`)
        isTold = true
      })
      auth.subscribe(() => {
        const { status, account } = auth.state
        const isGone = status === 'signed-out' || (account && account.id !== person)
        if (person !== undefined && isGone && !isTold) report(`does not say that ${person} is gone`)
        if (isGone) isTold = false
        if (account || isGone) person = account?.id
      })
    },
  }
}
