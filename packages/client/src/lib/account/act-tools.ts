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
}

/** Creates these functions for one page. */
export function createActTools(context: ActContext): ActTools {
  const { page, failed, stepUps } = context
  const { who } = page
  return {
    ...context,
    act: async ({ path, ...call }) => {
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
    },
    post: async (path, body, status) => {
      const reply = await page.send({ method: 'POST', path, body })
      return reply?.status === status ? { ok: true } : failed(reply)
    },
    updated: async (result) => {
      await page.ask({ type: 'ask' })
      return { ok: true, ...result }
    },
  }
}
