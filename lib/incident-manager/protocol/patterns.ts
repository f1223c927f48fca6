// The model's regular expressions, compiled once each, on first use.

const compiled = new Map<string, RegExp>()

/** Whether the whole of `value` matches a pattern of the model. */
export function matches(pattern: string, value: string): boolean {
  let regex = compiled.get(pattern)
  if (!regex) compiled.set(pattern, (regex = compile(pattern)))
  return regex.test(value)
}

function compile(pattern: string): RegExp {
  // `.*\S.*` asks for the middle anywhere (api-facts, Both); searching just that is linear, also over many lines.
  const middle = /^\.\*(.+)\.\*$/.exec(pattern)?.[1]
  if (middle !== undefined) return new RegExp(middle, 'u')
  // `([x]+)*` means `[x]*`, but takes exponential time on what does not match: the contacts ARN is written so.
  const linear = pattern.replaceAll(/\((\[(?:\\.|[^\]\\])+\])\+\)\*/g, '$1*')
  return new RegExp(`^(?:${linear})$`, 'u')
}
