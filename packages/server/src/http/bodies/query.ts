import { KeyhavenError } from '@keyhaven/core/errors'
import { isOneLine } from '../../config/is-one-line.ts'
import type { Page, PagePosition, PageRequest } from '../../stores/page.ts'
import type { Answer } from '../endpoint.ts'

/** The query of a list: which page, in which order, and its filters. */
export interface ListQuery<F extends string> {
  readonly page: PageRequest
  readonly filters: Readonly<Partial<Record<F, string>>>
}

/** Parameters of every list. */
export const listParameters = ['limit', 'cursor', 'sort'] as const

const MOST = 100
const USUAL = 50
const LONGEST = 256

type SortOrder = 'createdAt' | '-createdAt'

/**
 * Reads the parameters of a list, whose order is the usual one if the query names none.
 * @throws KeyhavenError `invalid_request` for unknown, repeated or malformed ones.
 */
export function readListQuery<F extends string>(
  query: string,
  filters: readonly F[],
  usual: SortOrder = '-createdAt',
): ListQuery<F> {
  const values = readQuery(query, [...listParameters, ...filters])
  const limit = values.limit === undefined ? USUAL : Number(values.limit)
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) {
    throw refusedParameter('limit', `Use a whole number from 1 to ${MOST}.`)
  }
  const { sort = usual } = values
  if (sort !== 'createdAt' && sort !== '-createdAt') {
    throw refusedParameter('sort', 'Use createdAt or -createdAt.')
  }
  const after = values.cursor === undefined ? undefined : positionOf(values.cursor)
  return { page: { limit, after, descending: sort === '-createdAt' }, filters: values }
}

/** Reads query parameters, each at most once. @throws KeyhavenError `invalid_request`. */
export function readQuery<N extends string>(
  query: string,
  names: readonly N[],
): Readonly<Partial<Record<N, string>>> {
  const values: Partial<Record<string, string>> = {}
  for (const [name, value] of new URLSearchParams(query)) {
    if (!(names as readonly string[]).includes(name)) {
      throw refusedParameter(
        name.slice(0, 50),
        `This call accepts ${names.join(', ') || 'no parameters'}.`,
      )
    }
    if (values[name] !== undefined) throw refusedParameter(name, 'Send this parameter once.')
    // SQLite would end a pattern at NUL and match every row
    if (/\p{Cc}/u.test(value)) throw refusedParameter(name, 'Send no control characters.')
    if (value.length > LONGEST) throw refusedParameter(name, `Use at most ${LONGEST} characters.`)
    values[name] = value
  }
  return values as Partial<Record<N, string>>
}

/**
 * A time in a parameter, in milliseconds since 1970: RFC 3339 with a zone, or a day in UTC.
 * @throws KeyhavenError `invalid_request`.
 */
export function timeParameter(path: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/i.test(text)
  const time = isTime ? Date.parse(text.toUpperCase()) : Number.NaN
  if (!Number.isNaN(time)) return time
  throw refusedParameter(
    path,
    'Use a time such as 2026-11-27T18:30:00Z, or a day such as 2026-11-27.',
  )
}

/** A page as an answer: `{ items, next }`, where `next` is the cursor of the next page. */
export function listAnswer<T>({ items, next }: Page<T>): Answer {
  return { status: 200, body: { items, next: next === null ? null : cursorOf(next) } }
}

function cursorOf({ at, id }: PagePosition): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url')
}

function positionOf(cursor: string): PagePosition {
  try {
    const [at, id, ...more] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    if (isTime(at) && typeof id === 'string' && isOneLine(id) && more.length === 0) {
      return { at, id }
    }
  } catch {
    // Refused below, like any other text that is not a cursor
  }
  throw refusedParameter('cursor', 'Send the `next` of the previous page, unchanged.')
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

/** The refusal of one parameter. */
export function refusedParameter(path: string, message: string): KeyhavenError {
  return new KeyhavenError('invalid_request', { errors: [{ path, message }] })
}
