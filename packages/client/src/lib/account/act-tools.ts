import type { ActContext, Call } from './act-context.ts'
import type { Reply, Result } from '../calls/results.ts'

/** The page, and the ways in which the acts call the service. */
export interface ActTools extends ActContext {
  /**
   * Makes a call of the person of this page; `{me}` in its path is the id of their account. Repeats it once if the same
   * person has signed in again or stepped up in another tab, which changes the XSRF token or the cookies, and once after
   * a step-up that the call requires. A refused credential makes the page check who is signed in.
   */
  readonly act: (call: Call) => Promise<Reply>
  /** Makes a call that needs no session. */
  readonly post: (path: string, body: object, status: number) => Promise<Result>
  /** Reads who is signed in, which the act may have changed, before it returns the result. */
  readonly updated: <T>(result: T) => Promise<Result<T>>
  /** Proves again who the person is. */
  readonly prove: (proof: object) => Promise<Result>
}

/** The way of the package's other entry points to the tools of a page; no public type has it. */
export interface Inner {
  readonly extend: <T>(work: (tools: ActTools) => Promise<Result<T>>) => Promise<Result<T>>
}

/** Creates these functions for one page. */
export function createActTools(context: ActContext): ActTools {
  const { page, failed, stepUps } = context
  const { who } = page
  const act = async ({ path, ...call }: Call): Promise<Reply> => {
    // A page that mails lead to may not know its person yet
    if (page.store.known.state.status === 'loading') await page.ask({ type: 'ask' })
    const before = who()
    const isSame = (): boolean => before !== undefined && who() === before
    const send = (): Promise<Reply> =>
      page.send({ ...call, path: path.replace('{me}', before ?? 'me') })
    const seen = stepUps.mark()
    let reply = await send()
    const { code = '' } = (reply?.body ?? {}) as { code?: string }
    if (/^(csrf|token|session|account)_/.test(code)) {
      await page.ask({ type: 'ask' })
      if (!isSame()) return reply
      reply = await send()
    }
    return (await stepUps.wait(reply, seen)) && isSame() ? send() : reply
  }
  const updated = async <T>(result: T): Promise<Result<T>> => {
    await page.ask({ type: 'ask' })
    return { ok: true, ...result }
  }
  return {
    ...context,
    act,
    updated,
    post: async (path, body, status) => {
      const reply = await page.begin({ method: 'POST', path, body })
      return reply?.status === status ? { ok: true } : failed(reply)
    },
    // In turn, because the answer replaces the cookies: no other tab must send a question with the former ones
    prove: (body) =>
      page.inTurn(async () => {
        await page.answer()
        const reply = await act({ method: 'POST', path: '/sessions/current/step-up', body })
        if (reply?.status === 200) {
          stepUps.done()
          return updated({})
        }
        // A sign-out meanwhile must be answered before another tab signs in
        await page.answer()
        return failed(reply)
      }),
  }
}
