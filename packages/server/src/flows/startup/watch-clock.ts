import { setTimeBack } from './keep-time.ts'
import type { Context, ContextPart } from '../context.ts'

/**
 * Milliseconds that the clock may be ahead at the start without a line. The time is stored once a minute,
 * and by no process that has not trusted its clock yet, which takes another: a restart explains this much.
 */
const RESTART = 180_000

/**
 * Logs when the clock begins and ceases to disagree, and goes back with a clock that was set back.
 */
export function createClockWatch(
  context: Pick<Context, 'database'> &
    ContextPart<'keys', 'signing'> &
    ContextPart<'revocations', 'follow'> &
    ContextPart<'tools', 'log'>,
): () => Promise<void> {
  const {
    database,
    tools: { log },
  } = context
  const { time } = database
  let agreed = true
  return async () => {
    const state = time.state()
    const ahead = Math.round(state.ahead / 1000)
    const restarted = state.starting && state.ahead >= 0 && state.ahead <= RESTART
    const agrees = state.trusted || restarted
    if (agreed && !agrees) {
      if (ahead < 0) log.error({ ahead }, BEHIND)
      else if (state.starting) log.info({ ahead }, OFF)
      else log.error({ ahead }, AHEAD)
    }
    if (!agreed && agrees) log.info('the clock agrees again')
    agreed = agrees
    const { back } = time
    if (back === undefined) return
    const withdrawn = await setTimeBack(context, back)
    log.error({ ahead, withdrawn }, SET_BACK)
  }
}

const OFF =
  'the service was off for a while, or its clock is ahead: for a minute, or for 15 minutes after more than a day, it purges nothing and ends no session by time'
const AHEAD =
  'the clock jumped ahead of the time that has passed: nothing is purged and no session is ended by time until readings have agreed for a minute, or for 15 minutes after more than a day'
const BEHIND =
  'the clock is behind the newest time that this installation has seen: the service continues from that time, and goes back once readings have agreed for a minute, or for 15 minutes after more than a day'
const SET_BACK =
  'the clock was set back: time goes back, and the keys are withdrawn if revocations may have been purged that their tokens need'
