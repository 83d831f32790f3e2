import type { z } from 'zod'

/** A part of a body that is not accepted, and the reason. */
interface BodyError {
  readonly path: string
  readonly message: string
}

/** Errors in one refusal, and characters of a path: the sender chose the names. */
const MOST = 10
const LONGEST_PATH = 50

const NO_SUCH_MEMBER = 'This call accepts no such member: leave it out.'

/** The errors of a body that its schema refuses: one for each member, so that a form can show it. */
export function errorsOf(issues: readonly z.core.$ZodIssue[]): readonly BodyError[] {
  const errors = issues
    .slice(0, 2 * MOST)
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.slice(0, MOST).map((key) => bodyError([...issue.path, key], NO_SUCH_MEMBER))
        : [bodyError(issue.path, issue.message)],
    )
  // A value of another type may fail the checks of its length too
  const first = errors.filter(({ path }, at) => errors.findIndex((one) => one.path === path) === at)
  return first.slice(0, MOST)
}

/** The errors of a body that should have no members. */
export function unexpected(names: readonly string[]): readonly BodyError[] {
  return names.slice(0, MOST).map((name) => bodyError([name], 'This call accepts no members.'))
}

function bodyError(path: readonly PropertyKey[], message: string): BodyError {
  return { path: path.join('.').slice(0, LONGEST_PATH), message }
}

/** The sentence for an issue without one of its own: the fact, then what to do. */
export function sentenceOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type': {
      const { expected, input } = issue
      const what = wanted[expected] ?? 'another value'
      return input === undefined
        ? `This is missing: send ${what}.`
        : `This is ${kindOf(input)}: send ${what}.`
    }
    case 'invalid_value':
      return `This value is not known: use ${issue.values.join(', ')}.`
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'This name can’t be accepted: use another.'
    case 'too_big':
      return `This is too long or too large: use at most ${issue.maximum}.`
    case 'too_small':
      return `This is too short or too small: use at least ${issue.minimum}.`
    default:
      return 'This value can’t be accepted: the API description names the values that can.'
  }
}

const wanted: Readonly<Partial<Record<string, string>>> = {
  boolean: 'true or false',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  switch (typeof value) {
    case 'string':
      return 'text'
    case 'number':
      return 'a number'
    case 'boolean':
      return 'true or false'
    default:
      return 'an object'
  }
}
