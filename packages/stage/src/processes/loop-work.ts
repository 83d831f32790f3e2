/**
 * Watches how long this thread works without coming back to its event loop. Processor time is measured,
 * so that a machine which is busy with others changes nothing. The answer gives the longest time in
 * milliseconds and ends the watch.
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
