import type { Result } from '@keyhaven/client'

/** Shows why an act was refused: a sign-out, too, fails without a network. */
export function report(act: Promise<Result>): void {
  void act.then((result) => result.ok || alert(result.error.detail))
}
