import { constants } from 'node:os'

/** Why a mail was not sent. */
export interface MailFailure {
  /**
   * `refused`: the recipient's server will never accept this mail. `later`: it may accept this mail
   * later. `down`: no mail can be sent now. `stalled`: the server, which had greeted, did not respond
   * in time, as if it waits for the recipient's. `unclear`: this mail or the server is at fault.
   */
  readonly kind: 'refused' | 'later' | 'down' | 'stalled' | 'unclear'
  /** The code of an SMTP response, if there was one. */
  readonly response: number | undefined
  /** What an operator may read: no address and no credential. */
  readonly text: string
}

/** Members of errors of nodemailer and of Node. */
interface SendError {
  readonly code?: unknown
  readonly responseCode?: unknown
  readonly command?: unknown
  readonly syscall?: unknown
  readonly message?: unknown
  readonly timeoutType?: unknown
}

/** Failures before the first command about a mail. */
const DOWN: ReadonlySet<unknown> = new Set([
  'EAUTH',
  'ENOAUTH',
  'EDNS',
  'ETLS',
  'ECONFIG',
  'EPROXY',
])

/** Commands whose response is about this mail. */
const ABOUT_MAIL: ReadonlySet<unknown> = new Set(['RCPT TO', 'DATA'])

/** Nodemailer's word for a response that does not come after the greeting. */
const STALLED = 'SOCKET_TIMEOUT'

/** Distinguishes failures of one mail from failures of the mail server (RFC 5321 §4.2.1). */
export function mailFailure(error: unknown): MailFailure {
  const { code, responseCode, command, syscall, message, timeoutType } = (error ?? {}) as SendError
  const response = typeof responseCode === 'number' ? responseCode : undefined
  const text = [
    code,
    response,
    typeof command === 'string' ? `at ${command}` : undefined,
    causeIn(message),
  ]
    .filter((part) => part !== undefined && part !== '')
    .join(' ')
  const kind = kindOf({ code, command, syscall, timeoutType, response })
  return { kind, response, text: text || 'unknown' }
}

/** The error of a mail that takes too long in all: a server may respond a byte at a time. */
export function tooLong(): Error {
  return Object.assign(new Error('ETIMEDOUT'), { timeoutType: STALLED })
}

interface Known extends Pick<SendError, 'code' | 'command' | 'syscall' | 'timeoutType'> {
  readonly response: number | undefined
}

function kindOf({ code, command, syscall, timeoutType, response }: Known): MailFailure['kind'] {
  const isAboutMail = command === undefined || ABOUT_MAIL.has(command)
  if (response !== undefined && isAboutMail) return response >= 500 ? 'refused' : 'later'
  // The address itself is malformed
  if (code === 'EENVELOPE' && command === 'API') return 'refused'
  if (DOWN.has(code) || syscall === 'connect' || syscall === 'getaddrinfo') return 'down'
  if (timeoutType === STALLED) return 'stalled'
  // Before the greeting
  return code === 'ETIMEDOUT' ? 'down' : 'unclear'
}

/** The name of a failure of the system, such as `ECONNREFUSED`; all else may quote a server. */
function causeIn(message: unknown): string | undefined {
  if (typeof message !== 'string') return undefined
  return message.split(/\W+/).find((word) => Object.hasOwn(constants.errno, word))
}
