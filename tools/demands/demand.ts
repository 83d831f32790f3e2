/** A demand, and what answers it if no test does. */
export interface Demand {
  /** As titles of tests have it: `CSRF-3`, `H21`. */
  readonly id: string
  /** A phrase. */
  readonly title: string
  /** Left out if tests name the id. */
  readonly answer?: Answer
}

/** What answers a demand in place of a test that names it. */
export type Answer =
  /** Why it can't apply. */
  | { readonly kind: 'cannot'; readonly sentence: string }
  /** Which feature must come first; `features.ts` has all. */
  | { readonly kind: 'not built'; readonly feature: string }
  /** It has tests, and a part of it waits for a feature. */
  | { readonly kind: 'in part'; readonly feature: string }
  /** Other demands that say the same and have tests. */
  | { readonly kind: 'like'; readonly ids: readonly string[] }
  /** A demand to write something down: the page below `docs` that does. */
  | { readonly kind: 'written'; readonly page: string }

/** A part of the page. */
export interface Part {
  readonly title: string
  readonly demands: readonly Demand[]
}

/** Reads rows, one a line: id, phrase, and behind a bar the answer: `cannot: …`, `not built: …`, `in part: …`, `like: …`, `written: …`. */
export function part(title: string, rows: string): Part {
  return { title, demands: rows.trim().split('\n').map(demandOf) }
}

function demandOf(row: string): Demand {
  const [, id, title, answer] = /^\s*(\S+) ([^|]+?)(?: \| (.+))?$/.exec(row) ?? []
  if (id === undefined || title === undefined) throw new Error(`no demand: ${row}`)
  return answer === undefined ? { id, title } : { id, title, answer: answerOf(answer) }
}

function answerOf(text: string): Answer {
  const [, kind, value = ''] = /^(cannot|not built|in part|like|written): (.+)$/.exec(text) ?? []
  switch (kind) {
    case 'cannot':
      return { kind, sentence: value }
    case 'not built':
    case 'in part':
      return { kind, feature: value }
    case 'like':
      return { kind, ids: value.split(' ') }
    case 'written':
      return { kind, page: value }
    default:
      throw new Error(`no answer: ${text}`)
  }
}
