/** Lifetimes in seconds. */
export interface Lifetimes {
  readonly preset: Preset
  readonly accessTtl: number
  readonly idle: number
  /** `undefined` for no absolute limit. */
  readonly absolute: number | undefined
}

/** A kind of application whose usual lifetimes are known. */
export type Preset = 'bank' | 'business' | 'consumer' | 'device'

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

/** The lifetimes of each preset. */
export const presets: Readonly<Record<Preset, Lifetimes>> = {
  bank: { preset: 'bank', accessTtl: 5 * MINUTE, idle: 15 * MINUTE, absolute: 8 * HOUR },
  business: { preset: 'business', accessTtl: 10 * MINUTE, idle: 8 * HOUR, absolute: 30 * DAY },
  consumer: { preset: 'consumer', accessTtl: 10 * MINUTE, idle: 14 * DAY, absolute: 180 * DAY },
  device: { preset: 'device', accessTtl: 10 * MINUTE, idle: 90 * DAY, absolute: undefined },
}

/** One sentence about the lifetimes, for the start-up output. */
export function describeLifetimes({ accessTtl, idle, absolute }: Lifetimes): string {
  const most =
    absolute === undefined ? 'with no limit beyond that' : `${durationText(absolute)} at most`
  return `a sign-in lasts ${durationText(idle)} without activity, ${most}; access tokens live ${durationText(accessTtl)}`
}

/** A number of seconds as text, in the largest unit that divides it. */
export function durationText(seconds: number): string {
  const [size, name] = (
    [
      [DAY, 'day'],
      [HOUR, 'hour'],
      [MINUTE, 'minute'],
      [1, 'second'],
    ] as const
  ).find(([unit]) => seconds % unit === 0) ?? [1, 'second']
  const count = seconds / size
  return `${count} ${name}${count === 1 ? '' : 's'}`
}
