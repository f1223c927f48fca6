// IP addresses and CIDR blocks, both of IPv4 and of IPv6, as bytes.

/** The 4 or 16 bytes of an address, or undefined when the text is none. */
function parseAddress(text: string): readonly number[] | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

/** A test whether an address is in the block `10.0.0.0/24` or `2001:db8::/32`; undefined when the text is no block. */
export function parseCidr(text: string): ((address: string) => boolean) | undefined {
  const [base = '', length = '', ...rest] = text.split('/')
  const network = parseAddress(base)
  if (!network || rest.length > 0 || !/^\d{1,3}$/.test(length)) return undefined
  const bits = Number(length)
  if (bits > network.length * 8) return undefined
  return (candidate) => {
    const address = parseAddress(candidate)
    return address?.length === network.length && sameBits(address, network, bits)
  }
}

function sameBits(left: readonly number[], right: readonly number[], bits: number): boolean {
  return left.every((byte, index) => {
    const compared = Math.min(8, Math.max(0, bits - index * 8))
    return ((byte ^ (right[index] ?? 0)) & (0xff << (8 - compared)) & 0xff) === 0
  })
}

function parseIpv4(text: string): number[] | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined
  const bytes = text.split('.').map(Number)
  return bytes.every((byte) => byte <= 255) ? bytes : undefined
}

function parseIpv6(text: string): number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = [ipv6Groups(halves[0] ?? ''), ipv6Groups(halves[1] ?? '')]
  if (!head || !tail) return undefined
  if (halves.length === 1) return head.length === 16 ? head : undefined
  const missing = 16 - head.length - tail.length
  return missing >= 2 ? [...head, ...Array.from({ length: missing }, () => 0), ...tail] : undefined
}

/** The bytes of `2001:db8`, or of `ffff:10.0.0.1`: the last group may be written as IPv4. */
function ipv6Groups(text: string): number[] | undefined {
  if (text === '') return []
  const groups = text.split(':')
  const bytes = groups.map((group, index) => {
    if (index === groups.length - 1 && group.includes('.')) return parseIpv4(group)
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
  return bytes.includes(undefined) ? undefined : bytes.flatMap((pair) => pair ?? [])
}
