/** Members of a log line as JSON can contain them: `err` with its stack and causes. */
export function loggable(members: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [
      name,
      name === 'err' && isError(value) ? errorMembers(value, new Set()) : writable(value),
    ]),
  )
}

interface ErrorLike {
  readonly name?: unknown
  readonly message: string
  readonly stack?: string
  readonly cause?: unknown
  readonly errors?: unknown
}

function isError(value: unknown): value is ErrorLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'message' in value &&
    typeof value.message === 'string'
  )
}

/** An error in the format of pino: messages and stacks are those of its causes too. */
function errorMembers(error: ErrorLike, seen: Set<unknown>): Record<string, unknown> {
  seen.add(error)
  const more = Object.entries(error).flatMap(([name, value]) => {
    if (name === 'cause' || seen.has(value)) return []
    return [[name, isError(value) ? errorMembers(value, seen) : writable(value)]]
  })
  const several = Array.isArray(error.errors) ? error.errors.filter((one) => !seen.has(one)) : []
  const causes = causesOf(error)
  return {
    ...(Object.fromEntries(more) as Record<string, unknown>),
    type: typeof error.constructor === 'function' ? error.constructor.name : error.name,
    message: causes.map(({ message }) => message).join(': '),
    stack: causes.map(({ stack = '' }) => stack).join('\ncaused by: '),
    ...(several.length > 0 && {
      aggregateErrors: several.map((one: unknown) =>
        isError(one) ? errorMembers(one, seen) : writable(one),
      ),
    }),
  }
}

/** The error and what caused it, each once. */
function causesOf(error: ErrorLike): readonly ErrorLike[] {
  const all = new Set<ErrorLike>()
  for (let next: unknown = error; isError(next) && !all.has(next); next = next.cause) all.add(next)
  return [...all]
}

/** The value, or a text in place of one that is circular or that JSON can't contain. */
function writable(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  try {
    JSON.stringify(value)
    return value
  } catch {
    return 'a value that JSON can’t contain'
  }
}
