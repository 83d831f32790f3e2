/** Lifetimes in seconds. */
export interface Lifetimes {
  readonly preset: Preset
  readonly accessTtl: number
  readonly idle: number
  /** `undefined` for no absolute limit. */
  readonly absolute: number | undefined
  /** The longest life of an API key. */
  readonly apiKeyMax: number
}

/** Kinds of application: `byPreset` in the table of options has what each means. */
export const presetNames = ['bank', 'business', 'consumer', 'device'] as const

/** The name of a preset. */
export type Preset = (typeof presetNames)[number]

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

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
