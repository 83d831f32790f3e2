import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEventParser } from './event-parser.ts'
import type { ServerEvent } from './event-parser.ts'

function read(...pieces: readonly string[]): ServerEvent[] {
  const received: ServerEvent[] = []
  const push = createEventParser((event) => received.push(event))
  for (const piece of pieces) push(piece)
  return received
}

describe('createEventParser', () => {
  it('reads names, ids, many data lines, comments and unknown fields (HTML 9.2.6)', () => {
    const text =
      ': hello\nevent: revoke\nid: log:7\ndata: a\ndata:b\ndata\nretry: 10\nx\n\n\nevent: none\n\ndata: c\n\n'
    expect(read(text)).toEqual([
      { event: 'revoke', data: 'a\nb\n', id: 'log:7' },
      { event: 'message', data: 'c', id: undefined },
    ])
  })

  it('reads the same events from any pieces, with any line ends', () => {
    const events = [
      'event: a\ndata: 1\n\n',
      'data: 2\ndata: 3\nid: x:1\n\n',
      ': quiet\n\n',
      'data\n\n',
    ]
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...events), { maxLength: 6 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.nat({ max: 200 }), { maxLength: 20 }),
        (chosen, ending, cuts) => {
          const whole = chosen.join('')
          const other = whole.replaceAll('\n', ending)
          const places = [0, ...cuts.filter((at) => at < other.length).toSorted((a, b) => a - b)]
          const pieces = places.map((at, which) =>
            other.slice(at, places[which + 1] ?? other.length),
          )
          // A lone return at the very end may still be half of a pair
          expect(read(...pieces)).toEqual(read(whole))
        },
      ),
    )
  })

  it.each([
    ['one endless line', 'data: ' + 'x'.repeat(600_000), 'x'.repeat(600_000)],
    ['endless short lines', ...Array.from({ length: 60 }, () => 'data: x\n'.repeat(3000))],
  ])('holds no more than an event may have: %s', (_what, ...pieces) => {
    expect(() => read(...pieces)).toThrow('an event of more than')
  })
})
