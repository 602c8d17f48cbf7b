import { expect, test } from 'vitest'
import { isPublic } from '../../../tasks/remote/public-address.ts'

const publicOnes = [
  '8.8.8.8',
  '93.184.215.14',
  '172.15.255.255',
  '172.32.0.0',
  '100.63.255.255',
  '223.255.255.255',
]
const public6 = ['2606:4700:4700::1111', '2001:4860:4860::8888', '2a00:1450:4001:80b::200e']

test.each([...publicOnes, ...public6])('%s is public', address => {
  expect(isPublic(address)).toBe(true)
})

const others: [why: string, addresses: string[]][] = [
  ['this host', ['0.0.0.0', '0.1.2.3', '::']],
  ['loopback', ['127.0.0.1', '127.255.255.254', '::1']],
  ['private', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12:3456::1']],
  ['link-local, with the metadata of clouds', ['169.254.169.254', 'fe80::1', 'fe80::1%eth0', 'fec0::1']],
  ['shared by carriers', ['100.64.0.1', '100.127.255.255']],
  ['multicast and broadcast', ['224.0.0.1', '239.255.255.255', '255.255.255.255', '240.0.0.1', 'ff02::1']],
  ['documentation and benchmarks', ['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '2001:db8::1']],
  ['IPv4 in IPv6', ['::ffff:127.0.0.1', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::1']],
  ['tunnels', ['2002:7f00:1::', '2001:0:53aa:64c::1']],
  ['no address', ['', 'localhost', '127.1', '0x7f000001', '1.2.3.4.5', '8.8.8.8 ', '2606:4700::%lo']],
]

test.each(others)('What is %s is not public', (_, addresses) => {
  expect(addresses.filter(isPublic)).toEqual([])
})
