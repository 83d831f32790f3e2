/**
 * Measures how long this thread works without returning to its event loop, in processor time, so that other
 * processes don't matter. Returns a function that ends the measurement and returns the longest time in
 * milliseconds.
 */
export function watchLoopWork(): () => number {
  const spent = (): number => {
    const { user, system } = process.threadCpuUsage()
    return (user + system) / 1000
  }
  let longest = 0
  let last = spent()
  const look = (): void => {
    const now = spent()
    longest = Math.max(longest, now - last)
    last = now
  }
  const timer = setInterval(look, 5)
  return () => {
    clearInterval(timer)
    return longest
  }
}
