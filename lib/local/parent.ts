// What npm has started ends with npm: who stops or kills that must not leave a system behind that holds the port and pages people.

const LOOK_MS = 500

/** Calls `orphaned` once the npm that started this process is gone. What was started otherwise, as by a service manager, stays. */
export function watchParent(startedByNpm: boolean, orphaned: () => void): void {
  if (!startedByNpm) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    orphaned()
  }, LOOK_MS)
  timer.unref()
}
