import { BlockList, isIPv4, isIPv6 } from 'node:net'

// The special-purpose registries of IANA: private, shared (CGNAT), loopback, link-local, documentation, benchmarks,
// multicast and reserved. In IPv6 only 2000::/3 is given out for public use; the rest, with IPv4 in IPv6 and NAT64, is
// refused whole.
const special4 = [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24',
  '192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4',
]
const public6 = ['2000::/3']
/** Teredo and other protocols, documentation, 6to4: they hold or stand for other addresses. */
const special6 = ['2001::/23 2001:db8::/32 2002::/16 3fff::/20']

function listed(subnets: string[], type: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList()
  for (const subnet of subnets.join(' ').split(' ')) {
    const [address = '', prefix] = subnet.split('/')
    list.addSubnet(address, Number(prefix), type)
  }
  return list
}

const privates4 = listed(special4, 'ipv4')
const publics6 = listed(public6, 'ipv6')
const privates6 = listed(special6, 'ipv6')

/** Whether an IP address, as text, is one of the public internet. */
export function isPublic(address: string): boolean {
  if (isIPv4(address)) return !privates4.check(address, 'ipv4')
  if (!isIPv6(address) || address.includes('%')) return false
  return publics6.check(address, 'ipv6') && !privates6.check(address, 'ipv6')
}
