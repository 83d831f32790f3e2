import { callRules } from '../../config/limits.ts'
import type { CallRule } from '../../config/limits.ts'
import type { KnownGuard } from '../../feed/guard-keys.ts'
import type { CallLimits } from './call-limits.ts'
import type { AnyCaller } from './any-caller.ts'
import type { Limit } from '../route.ts'

/** The caller, and the account that the path names, if it names one. */
export interface Calling {
  readonly caller: AnyCaller | KnownGuard
  readonly accountId: string | undefined
}

/**
 * Counts a well-formed call before any work. This is the only place that enforces limits of
 * authenticated callers. Endpoints count streams while they are open.
 */
export function countCall(limits: CallLimits, limit: Limit, calling: Calling): void {
  const rule = ruleOf(limit, calling)
  if (rule !== undefined) limits.count(rule, subjectOf(rule, calling.caller))
}

function ruleOf(limit: Limit, { caller, accountId }: Calling): CallRule | undefined {
  if (typeof limit === 'string') return isCallRule(limit) ? limit : undefined
  if ('none' in limit) return undefined
  return 'account' in caller && caller.account.id === accountId ? limit.own : limit.others
}

function isCallRule(limit: string): limit is CallRule {
  return limit in callRules
}

/** The id under which calls are counted. */
function subjectOf(rule: CallRule, caller: AnyCaller | KnownGuard): string {
  if ('key' in caller) return caller.key.id
  if (!('session' in caller)) return caller.id
  return callRules[rule].by === 'session' ? caller.session.id : caller.account.id
}
