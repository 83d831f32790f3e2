import type { IncomingMessage } from 'node:http'

/** The client's question for the session, which renews the token. */
export const QUESTION = 'GET /auth/user/current'
/** Answers that are lost in each renewal window: to the client's question, and to others. */
const [QUESTIONS, OTHERS] = [2, 15]

/** What loses answers, as the `cut` of a page's site. */
export interface Cutter {
  readonly cut: (request: IncomingMessage) => boolean
  /** How many answers it has lost so far. */
  readonly lost: () => number
}

interface Times {
  readonly iat: number
  readonly exp: number
}

/** Loses so many answers, each while a token is in the last third of its life, or gone. */
export function createCutter(most: number): Cutter {
  let lost = 0
  let token = ''
  let questions = 0
  let others = 0
  const cut = ({ method, url, headers }: IncomingMessage): boolean => {
    const payload = /keyhaven=[^.]+\.([^.]+)/.exec(headers.cookie ?? '')?.[1]
    // A request whose token has ended belongs to the window of the token before
    const now = Date.now() / 1000
    if (payload !== undefined && payload !== token) {
      const { iat, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Times
      if ((exp - now) * 3 > exp - iat) return false
      token = payload
      questions = others = 0
    }
    if (token === '' || lost >= most) return false
    // Counted apart: ten tabs at work would else leave no loss for the questions
    const isQuestion = `${method} ${url}` === QUESTION
    const isLost = isQuestion ? ++questions <= QUESTIONS : ++others <= OTHERS
    if (isLost) lost++
    return isLost
  }
  return { cut, lost: () => lost }
}
