import { BlockList, isIP } from 'node:net';

/**
 * IPv4 that leads nowhere, to this machine, to its neighbours or to its cloud (RFC 6890 and what was
 * registered since); 168.63.129.16 is public by its number, but Azure's own services answer there.
 */
const REFUSED_4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** All of IPv6 that is handed out, and the prefix under which a network without IPv4 reaches it. */
const POSSIBLE_6 = ['2000::/3', '64:ff9b::/96'];

/** Inside of that: Teredo and its siblings, documentation, 6to4, documentation again. */
const REFUSED_6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

// A list of these takes IPv4 in the clothes of IPv6, `::ffff:10.0.0.1`, for what it is.
const refused = listOf([
  ...REFUSED_4,
  ...REFUSED_6,
  // IPv4 by way of NAT64 (RFC 6052): what is private there stays private.
  ...REFUSED_4.map((network) => {
    const [address, bits] = network.split('/');
    return `64:ff9b::${address}/${96 + Number(bits)}`;
  }),
]);
const possible = listOf(['0.0.0.0/0', ...POSSIBLE_6]);

export interface ReachableAddresses {
  /** Whether a request for this host may go to this address. */
  isAllowed(host: string, address: string): boolean;
}

/** @param allowed subnets, addresses and names of hosts that are allowed though they are private. */
export function reachableAddresses(allowed: readonly string[]): ReachableAddresses {
  const networks = listOf(allowed.filter(isNetwork));
  const hosts = new Set(allowed.filter((part) => !isNetwork(part)));
  return {
    isAllowed(host, address) {
      const family = isIP(address);
      if (family === 0) return false;
      const type = family === 6 ? 'ipv6' : 'ipv4';
      // A zone is no part of what is compared.
      const [plain = ''] = address.split('%');
      if (hosts.has(host) || networks.check(plain, type)) return true;
      return possible.check(plain, type) && !refused.check(plain, type);
    },
  };
}

function isNetwork(text: string): boolean {
  return isIP(text.split('/')[0] ?? '') > 0;
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const is6 = isIP(address) === 6;
    list.addSubnet(address, Number(bits ?? (is6 ? 128 : 32)), is6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
