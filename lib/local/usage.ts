// `--help` of whatever is run by npm: how it is used, and nothing else is done.

const asked = (): boolean => process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')

/** Ends the process where only help was asked for. */
export function helpIfAsked(usage: string): void {
  if (!asked()) return
  console.log(usage)
  process.exit(0)
}
