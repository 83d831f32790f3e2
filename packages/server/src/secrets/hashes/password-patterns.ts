import { isCommonPassword, stemOf } from './common-passwords.ts'

/** The keys of the US keyboard, each row with its distance from the left edge in keys. */
const rows: readonly (readonly [offset: number, keys: string])[] = [
  [0, '1234567890-='],
  [0.5, 'qwertyuiop[]'],
  [0.75, "asdfghjkl;'"],
  [1.25, 'zxcvbnm,./'],
]

/** Shifted signs, and below them the same keys without shift. */
const SHIFTED = '!@#$%^&*()_+{}:"<>?'
const PLAIN = "1234567890-=[];',./"

/** Rows of other keyboards, and the columns of the number pad. */
const lines = ['qwertzuiop', 'yxcvbnm', 'azertyuiop', 'qsdfghjklm', 'wxcvbn', '147', '258', '369']

const neighbours: ReadonlySet<string> = neighbouringKeys()

function neighbouringKeys(): ReadonlySet<string> {
  const keys = rows.flatMap(([offset, row], y) =>
    Array.from(row, (key, index) => ({ key, x: offset + index, y })),
  )
  const pairs = keys.flatMap((one) =>
    keys
      .filter(({ x, y }) => Math.abs(x - one.x) <= 1 && Math.abs(y - one.y) <= 1)
      .map(({ key }) => one.key + key),
  )
  for (const line of lines) {
    const back = Array.from(line).toReversed().join('')
    for (const way of [line, back]) {
      for (let at = 1; at < way.length; at += 1) pairs.push(way.slice(at - 1, at + 1))
    }
  }
  return new Set(pairs)
}

/** The smallest number of linked characters that is a sequence. */
const SHORTEST_RUN = 3

/** A repeated text of at least this length may be a password. */
const SHORTEST_UNIT = 8

/**
 * Whether a folded password repeats a short or common text, or consists of sequences: of the
 * alphabet, of digits or of neighbouring keys, in either direction. Digits and signs at its end are
 * ignored.
 */
export function isPasswordPattern(text: string): boolean {
  return [text, stemOf(text)].some(
    (one) => one.length >= SHORTEST_RUN && (isRepetition(one) || isSequence(one)),
  )
}

function isRepetition(text: string): boolean {
  const unit = unitOf(text)
  if (unit === text) return false
  return unit.length < SHORTEST_UNIT || isCommonPassword(unit) || isSequence(unit)
}

/** The shortest text whose repetition gives this one; the last repetition may be cut off. */
export function unitOf(text: string): string {
  for (let length = 1; length <= text.length / 2; length += 1) {
    if (text.startsWith(text.slice(length))) return text.slice(0, length)
  }
  return text
}

/**
 * Whether it consists of sequences, has equal steps (`13579`), or alternates two sequences
 * (`a1b2c3d4`).
 */
function isSequence(text: string): boolean {
  const keys = Array.from(text, (sign) => PLAIN[SHIFTED.indexOf(sign)] ?? sign)
  const [odd, even] = [1, 0].map((rest) => keys.filter((_, index) => index % 2 === rest))
  return (
    hasRuns(keys, SHORTEST_RUN) ||
    hasEqualSteps(keys) ||
    [odd, even].every((half = []) => hasRuns(half, Math.max(half.length, SHORTEST_RUN)))
  )
}

/** Whether it consists of runs of linked keys, each of at least this length. */
function hasRuns(keys: readonly string[], least: number): boolean {
  let run = 0
  let before: string | undefined
  for (const key of keys) {
    if (before !== undefined && !areLinked(before, key)) {
      if (run < least) return false
      run = 0
    }
    run += 1
    before = key
  }
  return run >= least
}

function areLinked(one: string, other: string): boolean {
  if (one === other || neighbours.has(one + other)) return true
  return /[\p{L}\p{Nd}]/u.test(one) && Math.abs(stepOf(one, other)) === 1
}

function hasEqualSteps(keys: readonly string[]): boolean {
  const steps = keys.slice(1).map((key, index) => stepOf(keys[index] ?? key, key))
  return steps.every((step) => step === steps[0])
}

function stepOf(one: string, other: string): number {
  return (other.codePointAt(0) ?? 0) - (one.codePointAt(0) ?? 0)
}
