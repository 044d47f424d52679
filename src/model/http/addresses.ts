import { BlockList, isIP } from 'node:net';

/** Where an address leads: into the internet, a network of somebody's own, or where no model is ever fetched from. */
export type Reach = 'public' | 'private' | 'never';

/** Networks of one's own: companies keep models there, and much that nobody outside may reach. */
const PRIVATE = listOf(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7']);

/** Metadata services, which hand out credentials, where no range below has them. */
const METADATA = listOf(['100.100.100.200/32', '168.63.129.16/32', 'fd00:ec2::254/128', 'fd20:ce::254/128']);

/** IPv4 that is nobody's in the internet: this machine, link-local, documentation, multicast and the like. */
const SPECIAL = listOf([
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Within the range that IPv6 hands out: tunnels, which hold an IPv4 address, and documentation.
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
]);

/** All of the IPv6 that is handed out, or one's own. IPv4 written as IPv6 (mapped, NAT64) is outside. */
const USABLE_IPV6 = listOf(['2000::/3', 'fc00::/7']);

/** Where an address leads. What is no address leads nowhere. */
export function reachOf(address: string): Reach {
  const version = isIP(address);
  // A zone (fe80::1%eth0) makes sense beside link-local addresses only.
  if (version === 0 || address.includes('%')) return 'never';
  const isIn = (list: BlockList) => list.check(address, version === 4 ? 'ipv4' : 'ipv6');
  if (version === 6 && !isIn(USABLE_IPV6)) return 'never';
  if (isIn(METADATA) || isIn(SPECIAL)) return 'never';
  return isIn(PRIVATE) ? 'private' : 'public';
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/');
    list.addSubnet(network, Number(prefix), isIP(network) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
