import type { FactorName } from '@keyhaven/core/wire'
import type { ReactElement } from 'react'
import { wayWords } from './ways.ts'

/** Links to the other ways to prove a second factor. */
export function WayLinks(props: {
  readonly ways: readonly FactorName[]
  readonly shown: FactorName
  readonly onWay: (way: FactorName) => void
}): ReactElement {
  const { ways, shown, onWay } = props
  return (
    <>
      {ways
        .filter((way) => way !== shown)
        .map((way) => (
          <button type="button" className="link" key={way} onClick={() => onWay(way)}>
            {wayWords[way].link}
          </button>
        ))}
    </>
  )
}
